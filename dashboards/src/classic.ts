import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = { [key: string]: Json };

/** The schema of Grafana 7.5. Later versions migrate it on import; no version can read a newer schema. */
const SCHEMA_VERSION = 27;

/**
 * Converts a dashboard from the newest schema, which the builder writes, to that of Grafana 7.5. Newer versions either
 * migrate a field or read it as it is.
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
      return { ...named, datasource: null, panels: list(fields.panels).map(panel) };
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

/** Until 8.0 the tooltip is called tooltipOptions, and only its mode hides the legend. */
function timeseriesOptions({ tooltip, legend, ...options }: Fields): Fields {
  const { showLegend, ...rest } = legend as Fields;
  return { ...options, legend: rest, tooltipOptions: tooltip as Json };
}

/** Before 9.1 a heatmap reads these fields of the panel; later versions prefer its options. */
function heatmapBefore91(unit: string): Fields {
  return {
    dataFormat: 'tsbuckets',
    heatmap: {},
    cards: { cardPadding: null, cardRound: null },
    color: {
      mode: 'spectrum',
      cardColor: '#b4ff00',
      colorScale: 'sqrt',
      colorScheme: 'interpolateViridis',
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
    yAxis: { format: unit, decimals: 0, logBase: 1, show: true, min: null, max: null, splitFactor: null },
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

/** Before 8.3 a data source is referenced by its name or by a variable, not by an object. */
function nameOf(datasource: Json): Json {
  return (datasource as Fields).uid!;
}

function list(value: Json | undefined): Fields[] {
  return (value ?? []) as Fields[];
}
