import { dateTime, getFieldDisplayValues } from '@grafana/data';
import { BigValue, GlobalStyles, Icon, PanelChrome, Table, ThemeContext, TimeSeries, VizRepeater } from '@grafana/ui';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { configured, theme } from './field_config.js';
import { Heatmap } from './heatmap.jsx';
import { framesOf, scrapeInterval, stepOf, substituted, variablesOf } from './prometheus.js';
import { opened } from './rows.js';

const parameters = new URLSearchParams(location.search);
const to = Math.floor(Date.now() / 1000);
const from = to - 60 * Number(parameters.get('minutes'));
const scrape = await scrapeInterval();
// Grafana takes a point per pixel and no step below the scrape interval.
const time = { from, to, scrape, step: Math.max(scrape, Math.round((to - from) / 500)) };
const range = { from: dateTime(from * 1000), to: dateTime(to * 1000), raw: { from: 'now-15m', to: 'now' } };

const gap = 8;
const unit = 30;
const column = (window.innerWidth - 2 * gap) / 24;

function Panel({ panel, frames }) {
  const { x, y, w, h } = panel.gridPos;
  const style = { position: 'absolute', left: gap + x * column, top: y * (unit + gap) };
  const width = w * column - gap;
  const height = h * (unit + gap) - gap;
  if (panel.type === 'row') {
    return (
      <h4 style={{ ...style, margin: '8px 0' }}>
        {panel.collapsed ? '›' : '⌄'} {panel.title}
      </h4>
    );
  }
  const links = (panel.links ?? []).length > 0 ? <Icon name="external-link-alt" style={{ margin: 8 }} /> : undefined;
  return (
    <div style={style}>
      <PanelChrome
        title={panel.title}
        description={panel.description}
        titleItems={links}
        width={width}
        height={height}
        padding={panel.type === 'table' ? 'none' : 'md'}
      >
        {(innerWidth, innerHeight) => <Body panel={panel} frames={frames} width={innerWidth} height={innerHeight} />}
      </PanelChrome>
    </div>
  );
}

function Body({ panel, frames, width, height }) {
  const { options, fieldConfig } = panel;
  const empty = frames.every(({ length }) => length === 0);
  if (empty && panel.type !== 'stat') return <Nothing text={fieldConfig.defaults.noValue} />;
  switch (panel.type) {
    case 'stat':
      return <Stat panel={panel} frames={frames} width={width} height={height} />;
    case 'timeseries': {
      const legend = { ...options.legend, showLegend: options.legend.displayMode !== 'hidden' };
      return (
        <TimeSeries
          frames={frames}
          width={width}
          height={height}
          timeRange={range}
          timeZone="browser"
          legend={legend}
        />
      );
    }
    case 'table':
      return <Table data={frames[0]} width={width} height={height} initialSortBy={options.sortBy} />;
    case 'heatmap':
      return (
        <Heatmap
          frames={frames}
          width={width}
          height={height}
          time={{ ...time, step: stepOf(panel, time) }}
          unit={panel.yAxis.format}
        />
      );
    default:
      return <Nothing text={`The preview cannot draw a ${panel.type} panel`} />;
  }
}

function Nothing({ text }) {
  return (
    <div style={{ display: 'grid', placeItems: 'center', height: '100%', padding: 8, textAlign: 'center' }}>{text}</div>
  );
}

function Stat({ panel: { options, fieldConfig }, frames, width, height }) {
  const getValues = () =>
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions: options.reduceOptions,
      replaceVariables: (text) => text,
      theme,
      data: frames,
      sparkline: options.graphMode !== 'none',
      timeZone: 'browser',
    });
  return (
    <VizRepeater
      getValues={getValues}
      source={frames}
      width={width}
      height={height}
      orientation="auto"
      autoGrid
      renderValue={({ value, width: valueWidth, height: valueHeight }) => {
        const { sparkline } = value;
        if (sparkline) sparkline.timeRange = range;
        return (
          <BigValue
            value={value.display}
            sparkline={sparkline}
            width={valueWidth}
            height={valueHeight}
            colorMode={options.colorMode}
            graphMode={options.graphMode}
            textMode={options.textMode}
            theme={theme}
          />
        );
      }}
    />
  );
}

function Dashboard({ dashboard, panels, drawn }) {
  useEffect(() => {
    // Graphs, icons and tables finish drawing after they are mounted.
    setTimeout(() => document.body.setAttribute('data-drawn', ''), 1500);
  }, []);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <h3 style={{ margin: gap }}>
        {dashboard.title} <small style={{ opacity: 0.6 }}>preview with Grafana’s components</small>
      </h3>
      <div style={{ position: 'relative' }}>
        {panels.map((panel, index) => (
          <Panel
            key={panel.id}
            panel={{ ...panel, title: substituted(panel.title, variables) }}
            frames={drawn[index]}
          />
        ))}
      </div>
    </ThemeContext.Provider>
  );
}

const dashboard = await (await fetch(`/dashboards/${parameters.get('dashboard')}.json`)).json();
const variables = await variablesOf(time, parameters.get('identity').split(','));
const panels = parameters.has('open') ? opened(dashboard.panels) : dashboard.panels;
const drawn = await Promise.all(
  panels.map(async (panel) => {
    if (panel.type === 'row') return [];
    const frames = await framesOf(panel, variables, time);
    return panel.type === 'heatmap' ? frames : configured(panel, frames);
  }),
);
createRoot(document.getElementById('page')).render(<Dashboard dashboard={dashboard} panels={panels} drawn={drawn} />);
