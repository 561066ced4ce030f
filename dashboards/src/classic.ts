import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

/** The schema of Grafana 7.5. Every later version migrates it to its own on import; none migrates down. */
const SCHEMA_VERSION = 27;

/**
 * What the builder makes for the newest Grafana, said the way Grafana 7.5 says it. Newer versions find in it what they
 * migrate from, or what both read.
 */
export function classic(built: Dashboard): Json {
  const dashboard = JSON.parse(JSON.stringify(built)) as Fields;
  delete dashboard.fiscalYearStartMonth;
  dashboard.schemaVersion = SCHEMA_VERSION;
  dashboard.id = null;
  dashboard.version = 1;
  dashboard.panels = list(dashboard.panels).map(panel);
  (dashboard.templating as Fields).list = list((dashboard.templating as Fields).list).map(variable);
  (dashboard.annotations as Fields).list = list((dashboard.annotations as Fields).list).map(annotation);
  dashboard.links = list(dashboard.links).map(({ placement, ...link }) => link);
  return dashboard;
}

function panel({ repeatDirection, transparent, ...fields }: Fields): Fields {
  const options = fields.options as Fields;
  const named: Fields = fields.datasource === undefined ? fields : { ...fields, datasource: nameOf(fields.datasource) };
  if (fields.links !== undefined) named.links = list(fields.links).map(({ placement, ...link }) => link);
  const defaults = (fields.fieldConfig as { defaults?: Fields } | undefined)?.defaults;
  if (defaults?.links !== undefined) {
    defaults.links = list(defaults.links).map(({ title, url, targetBlank }) => ({ title, url, targetBlank }) as Fields);
  }
  switch (fields.type) {
    case 'row':
      return { ...named, datasource: null };
    case 'timeseries':
      return { ...named, options: timeseriesOptions(options) };
    case 'table': {
      const { footer, cellHeight, showTypeIcons, ...rest } = options;
      return { ...named, options: rest };
    }
    case 'heatmap': {
      const tooltip = { ...(options.tooltip as Fields), show: true, yHistogram: false };
      return {
        ...heatmapBefore91((options.yAxis as Fields).unit as string),
        ...named,
        options: { ...options, tooltip },
      };
    }
    default:
      return named;
  }
}

/** Until 8.0 the tooltip is called tooltipOptions, and the legend is hidden by its mode alone. */
function timeseriesOptions({ tooltip, legend, ...options }: Fields): Fields {
  const { showLegend, ...rest } = legend as Fields;
  return { ...options, legend: rest, tooltipOptions: tooltip as Json };
}

/** Until 9.0 a heatmap reads fields of the panel and not its options; since 9.1 it reads the options if there are any. */
function heatmapBefore91(unit: string): Fields {
  return {
    dataFormat: 'tsbuckets',
    heatmap: {},
    cards: { cardPadding: null, cardRound: null },
    color: {
      mode: 'spectrum',
      cardColor: '#b4ff00',
      colorScale: 'sqrt',
      colorScheme: 'interpolateOranges',
      exponent: 0.5,
    },
    hideZeroBuckets: true,
    highlightCards: true,
    legend: { show: true },
    reverseYBuckets: false,
    tooltip: { show: true, showHistogram: false },
    xAxis: { show: true },
    xBucketNumber: null,
    xBucketSize: null,
    yAxis: { format: unit, decimals: null, logBase: 1, show: true, min: null, max: null, splitFactor: null },
    yBucketBound: 'auto',
    yBucketNumber: null,
    yBucketSize: null,
  };
}

function variable({ auto, auto_min, auto_count, allowCustomValue, ...fields }: Fields): Fields {
  const known = { current: {}, hide: 0, options: [], regex: '', refresh: 1, ...fields };
  return fields.datasource === undefined ? known : { ...known, datasource: nameOf(fields.datasource) };
}

function annotation({ placement, ...fields }: Fields): Fields {
  return { ...fields, datasource: nameOf(fields.datasource!) };
}

/** Until 8.2 a data source goes by its name, or by that of a variable. */
function nameOf(datasource: Json): Json {
  return (datasource as Fields).uid!;
}

function list(value: Json | undefined): Fields[] {
  return (value ?? []) as Fields[];
}
