/** Rules about what a metric reads: its maps, its values, and the labels that tell them apart. */
import { type MemberSetting, memberSettings } from './family_members.js';
import { isMapping, type Problem, type Unchecked } from './metric_rule.js';

const single = { maps: 'map', values: 'value' } as const;

export function* sourceProblems(metric: Unchecked): Generator<Problem> {
  const sources = sourcesOf(metric.labels);
  for (const setting of memberSettings) yield* memberProblems(metric, setting, sources.get(setting));
  const { map, maps, events } = metric;
  if (map === undefined && maps === undefined && events === undefined) {
    const remedy =
      'Add `map: NAME`, the name of a map in the object, `maps` for several, or `events: NAME` to count records.';
    yield { path: ['map'], message: '{path} is missing: it is the map that the metric reads', remedy };
  }
  if (events !== undefined && (map !== undefined || maps !== undefined)) {
    const message = `{path}: not allowed together with \`${map === undefined ? 'maps' : 'map'}\``;
    yield { path: ['events'], message, remedy: 'Remove one of the two: a metric reads a map or a stream of records.' };
  }
  yield* elementProblems(metric, sources.get('index'));
  if (metric.combine !== undefined && (metric.type === 'counter' || metric.type === 'histogram')) {
    const message = '{path}: only gauges combine the values of CPUs in a way of their own';
    yield { path: ['combine'], message, remedy: `Remove \`combine\`: a ${metric.type} counts on all CPUs together.` };
  }
  const ofCpu = sources.get('cpu');
  if (metric.combine !== undefined && ofCpu !== undefined) {
    const remedy = `Remove one of the two: label "${ofCpu}" shows each CPU.`;
    yield { path: ['combine'], message: '{path}: not allowed together with a label `from: cpu`', remedy };
  }
}

/** The first label of each source. */
function sourcesOf(labels: unknown): Map<unknown, string> {
  const sources = new Map<unknown, string>();
  for (const [name, label] of Object.entries(isMapping(labels) ? labels : {})) {
    if (isMapping(label) && !sources.has(label.from)) sources.set(label.from, name);
  }
  return sources;
}

function* memberProblems(metric: Unchecked, setting: MemberSetting, label: string | undefined): Generator<Problem> {
  const isListed = metric[setting] !== undefined;
  if (isListed && metric[single[setting]] !== undefined) {
    const message = `{path}: not allowed together with \`${single[setting]}\``;
    yield { path: [setting], message, remedy: 'Remove one of the two.' };
  }
  if (isListed && label === undefined) {
    const remedy = `Add one, such as \`labels: { direction: { from: ${setting} } }\`.`;
    yield { path: [setting], message: `{path} needs a label \`from: ${setting}\`, which shows the names`, remedy };
  }
  if (!isListed && label !== undefined) {
    const message = `{path}: the metric has no \`${setting}\``;
    yield { path: ['labels', label, 'from'], message, remedy: `Remove the label, or list \`${setting}\` by name.` };
  }
}

function* elementProblems({ value, values }: Unchecked, label: string | undefined): Generator<Problem> {
  const paths: [(string | number)[], unknown][] = isMapping(values)
    ? Object.entries(values).map(([name, path]) => [['values', name], path])
    : [[['value'], value]];
  for (const [place, path] of paths) {
    const isArray = typeof path === 'string' && path.includes('[]');
    if (isArray && label === undefined) {
      const remedy = 'Add one, such as `labels: { index: { from: index } }`.';
      yield { path: place, message: '{path} needs a label `from: index`, which shows the element', remedy };
    }
    if (!isArray && label !== undefined && (path === undefined || typeof path === 'string')) {
      const message = `\`${place.join('.')}\` needs \`[]\` after an array: label "${label}" shows the index of its elements`;
      yield { path: place, message, remedy: 'Write for example `value: counts[]`.' };
    }
  }
}
