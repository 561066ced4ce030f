import { FieldType, toDataFrame } from '@grafana/data';

/** Seconds between two scrapes. */
export async function scrapeInterval() {
  const { yaml } = await get('status/config', {});
  const [, number, unit] = /scrape_interval: (\d+)(s|m)/.exec(yaml) ?? [0, 15, 's'];
  return Number(number) * (unit === 'm' ? 60 : 1);
}

/** Values of the variables as Grafana puts them into queries, with everything selected. @param identity labels */
export async function variablesOf({ from, to }, identity) {
  const jobs = await get('label/job/values', { 'match[]': 'santabpf_build_info' });
  return {
    job: jobs.join('|'),
    instance: '.+',
    device: '.+',
    namespace: '.*',
    pod: '.*',
    unit: '.*',
    command: '.*',
    '{identity:csv}': identity.join(','),
    '{identity:doublequote}': identity.map((label) => `"${label}"`).join(','),
    '{identity:text}': identity.map((label) => `${label}s`).join(' + '),
    __range_s: String(to - from),
    __range: `${to - from}s`,
  };
}

export function substituted(expr, variables) {
  return Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), expr);
}

/** Seconds between two points: a panel may want fewer points than there are pixels. */
export function stepOf({ maxDataPoints = Infinity }, { from, to, step }) {
  return Math.max(step, Math.ceil((to - from) / maxDataPoints));
}

/** The results of a panel's queries, as frames like those of Grafana's data source. */
export async function framesOf(panel, chosen, time) {
  const { from, to, scrape } = time;
  const step = stepOf(panel, time);
  const variables = { ...chosen, __interval: `${step}s`, __rate_interval: `${Math.max(step + scrape, 4 * scrape)}s` };
  const answers = panel.targets.map(async (target) => {
    const query = substituted(target.expr, variables);
    const { result } = target.instant
      ? await get('query', { query, time: to })
      : await get('query_range', { query, start: from, end: to, step });
    if (panel.type === 'table') return [rows(result, target, panel.targets.length)];
    return result.map((series) => line(series, target, { from, to, step }));
  });
  return (await Promise.all(answers)).flat();
}

function rows(result, { refId }, queries) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map(({ value: [at] }) => at * 1000) },
      ...labels.map((name) => ({ name, type: FieldType.string, values: result.map(({ metric }) => metric[name]) })),
      {
        name: queries > 1 ? `Value #${refId}` : 'Value',
        type: FieldType.number,
        values: result.map(({ value: [, value] }) => Number(value)),
      },
    ],
  });
}

function line({ metric, values }, { refId, legendFormat }, { from, to, step }) {
  const known = new Map(values);
  // A gap is a missing value.
  const times = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  const name = (legendFormat || JSON.stringify(metric)).replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '');
  return toDataFrame({
    refId,
    name,
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        values: times.map((at) => at * 1000),
        config: { interval: step * 1000 },
      },
      {
        name: 'Value',
        type: FieldType.number,
        values: times.map((at) => finite(Number(known.get(at)))),
        labels: metric,
        config: { displayNameFromDS: name },
      },
    ],
  });
}

/** Grafana draws nothing where a value is no number or infinite. */
function finite(value) {
  return Number.isFinite(value) ? value : null;
}

async function get(path, parameters) {
  const response = await fetch(`/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { data, error } = await response.json();
  if (error) throw new Error(error);
  return data;
}
