/** What bpftrace printed and what the exporter counted, in the same form. */
import { sumOf } from '../../virtual_machines/samples.mjs';

export const total =
  (map = '', kind = 'total') =>
  (/** @type {string} */ comm, /** @type {string} */ name) => [
    {
      what: 'count',
      theirs: (/** @type {import('./bpftrace.mjs').Printed} */ printed) => keyed(printed, `@${map}`, comm),
      ours: (/** @type {readonly import('./exporter.mjs').Sample[]} */ samples) =>
        sumOf(samples, metric(name, map, kind), { comm }),
    },
  ];

/** @param {string} name @param {string} map @param {string} suffix */
export function metric(name, map, suffix) {
  return ['santabpf', name, map, suffix].filter((part) => part !== '').join('_');
}

/** The sum of all entries whose key has the name. @param {import('./bpftrace.mjs').Printed} printed @param {string} map @param {string} comm */
export function keyed(printed, map, comm) {
  const entries = [...(printed.numbers.get(map) ?? [])];
  return entries.filter(([key]) => key.split(',').includes(comm)).reduce((sum, [, number]) => sum + number, 0);
}

/** @param {import('./bpftrace.mjs').Printed} printed @param {string} map */
export function all(printed, map) {
  return [...(printed.numbers.get(map)?.values() ?? [])].reduce((sum, number) => sum + number, 0);
}

/** @param {import('./bpftrace.mjs').Printed} printed @param {string} map @param {string} key */
export function intervals(printed, map, key) {
  const counts = [...(printed.histograms.get(map)?.get(key) ?? [])].filter(([, count]) => count > 0);
  return Object.fromEntries(counts.map(([max, count]) => [max, count]));
}

/** The buckets of a metric, each without those below it. @param {readonly import('./exporter.mjs').Sample[]} samples @param {string} name @param {Record<string, string>} labels */
export function buckets(samples, name, labels) {
  /** @type {Map<number, number>} */
  const bounds = new Map();
  for (const { labels: own, value } of samples.filter((sample) => sample.name === `${name}_bucket`)) {
    if (Object.entries(labels).some(([label, text]) => own[label] !== text)) continue;
    const bound = Number((own.le ?? '').replace('+Inf', 'Infinity'));
    bounds.set(bound, (bounds.get(bound) ?? 0) + value);
  }
  let below = 0;
  /** @type {Record<string, number>} */
  const counts = {};
  for (const [bound, value] of [...bounds].sort(([one], [other]) => one - other)) {
    if (value > below) counts[bound] = value - below;
    below = value;
  }
  return counts;
}

/** @param {Record<string, number>} counts */
export const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** @param {string} map @param {(comm: string) => { key: string, labels: Record<string, string> }} [place] */
export const histogram =
  (map = '', place = (comm) => ({ key: comm, labels: { comm } })) =>
  (/** @type {string} */ comm, /** @type {string} */ name) => {
    const { key, labels } = place(comm);
    return [
      {
        what: 'intervals',
        theirs: (/** @type {import('./bpftrace.mjs').Printed} */ printed) => intervals(printed, `@${map}`, key),
        ours: (/** @type {readonly import('./exporter.mjs').Sample[]} */ samples) =>
          buckets(samples, metric(name, map, ''), labels),
      },
    ];
  };

/** Times are measured by each on its own: only their number is the same. @param {string} map */
export const times = (map) => (/** @type {string} */ comm, /** @type {string} */ name) => [
  {
    what: 'number of times',
    theirs: (/** @type {import('./bpftrace.mjs').Printed} */ printed) => sum(intervals(printed, `@${map}`, comm)),
    ours: (/** @type {readonly import('./exporter.mjs').Sample[]} */ samples) =>
      sum(buckets(samples, metric(name, map, ''), { comm })),
  },
];

/** Without a key there is nothing to tell the work from the rest by. */
export const unkeyed = () => ({ key: '', labels: {} });

/** Lines with the name of the work, beside a counter with a label `command`. */
export const lines = (/** @type {string} */ comm, /** @type {string} */ name) => [
  {
    what: 'lines',
    theirs: (/** @type {import('./bpftrace.mjs').Printed} */ printed) =>
      printed.lines.filter((line) => line.split(/\s+/).includes(comm)).length,
    ours: (/** @type {readonly import('./exporter.mjs').Sample[]} */ samples) =>
      sumOf(samples, `santabpf_${name}_lines_total`, { command: comm }),
  },
];

/** @param {number} printf @param {number} argument */
export const commandOf = (printf, argument) => ({ lines: { printf, labels: { command: argument } } });

/** How many values a histogram has, whatever its keys are: times are measured by each on its own. @param {string} map */
export const numberOfValues = (map) => (/** @type {string} */ _, /** @type {string} */ name) => [
  {
    what: 'values',
    theirs: (/** @type {import('./bpftrace.mjs').Printed} */ printed) =>
      [...(printed.histograms.get(`@${map}`)?.keys() ?? [])].reduce(
        (count, key) => count + sum(intervals(printed, `@${map}`, key)),
        0,
      ),
    ours: (/** @type {readonly import('./exporter.mjs').Sample[]} */ samples) =>
      sum(buckets(samples, metric(name, map, ''), {})),
  },
];
