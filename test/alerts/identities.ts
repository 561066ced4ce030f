import { parse, stringify } from 'yaml';
import type { PromtoolFile, PromtoolSeries, PromtoolTest } from './promtool_file.js';
import { expanded } from './resampled.js';

/** An identity in tests: what it makes of each command of the shipped tests, each of which becomes a container or unit of its own. */
export interface TestedIdentity {
  /** As in `--set identity=`. */
  readonly setting: string;
  /** The labels of a series of a command. One of an empty value is absent. */
  labels(command: string): Readonly<Record<string, string>>;
  /** What texts call it. */
  who(command: string): string;
}

/** Belongs to no unit and to no container. */
const PLAIN = 'sshd';

export const testedIdentities: readonly TestedIdentity[] = [
  {
    setting: 'unit,command',
    labels: (command) => ({ unit: command === PLAIN ? '' : `${command}.service`, command }),
    who: (command) => (command === PLAIN ? command : `${command} in ${command}.service`),
  },
  {
    setting: 'namespace,pod,container',
    labels: (command) =>
      command === PLAIN
        ? { namespace: '', pod: '', container: '' }
        : { namespace: 'shop', pod: `${command}-0`, container: command },
    who: (command) => (command === PLAIN ? '(no container)' : `shop/${command}-0 (${command})`),
  },
];

/** Begins the name of a test about commands that are excepted by name. */
const BY_COMMAND = 'by command: ';

/** Metrics of devices and ports, which show where the process runs, but not the command. */
const OF_DEVICES = /^santabpf_(?:block_io_|packet_drops_total|tcp_retransmits_|tcp_resets_)/;

/** Labels with names of other processes, which series have only together with a command. */
const PROCESS_NAMES = ['parent', 'thread', 'requester'];

/**
 * The tests of a file of alerts/tests for another identity: the same events, counted by other labels, must give the same alerts, and the
 * texts must name the same culprits. Undefined if no test has such labels.
 */
export function identified(text: string, identity: TestedIdentity): string | undefined {
  const file = parse(text) as PromtoolFile;
  const tests = file.tests.filter(
    ({ name, input_series, alert_rule_test }) =>
      (alert_rule_test.some(({ exp_alerts }) => exp_alerts.length > 0) || !isLong(input_series)) &&
      input_series.some(({ series }) => series.includes('command="') || OF_DEVICES.test(series)) &&
      (hasCommand(identity) || !name.startsWith(BY_COMMAND)),
  );
  if (tests.length === 0) return undefined;
  return stringify({ ...file, tests: tests.map((test) => converted(test, identity)) }, { lineWidth: 0 });
}

/** Hours in which nothing may fire are about the past, which is the same for every label. */
function isLong(input: readonly PromtoolSeries[]): boolean {
  return input.some(({ values }) => expanded(String(values)).length > 400);
}

function hasCommand({ setting }: TestedIdentity): boolean {
  return setting.split(',').includes('command');
}

function converted(test: PromtoolTest, identity: TestedIdentity): PromtoolTest {
  const commands = new Set(
    test.input_series.flatMap(({ series }) => /[{,]command="([^"]*)"/.exec(series)?.slice(1) ?? []),
  );
  return {
    ...test,
    input_series: summed(test.input_series.map((one) => ({ ...one, series: relabelled(one.series, identity) }))),
    alert_rule_test: test.alert_rule_test.map((check) => ({
      ...check,
      exp_alerts: check.exp_alerts.map(({ exp_labels: { command, ...labels }, exp_annotations }) => ({
        exp_labels: alertLabels(command, labels, identity),
        exp_annotations: {
          ...exp_annotations,
          summary: renamed(exp_annotations.summary!, commands, identity),
          description: renamed(exp_annotations.description!, commands, identity),
        },
      })),
    })),
  };
}

function relabelled(series: string, identity: TestedIdentity): string {
  if (series.startsWith('santabpf_profile_function_cpu_ratio{')) return series;
  if (OF_DEVICES.test(series)) return series.replace('}', `,${placeOfDevices(identity)}}`);
  const others = hasCommand(identity) ? series : withoutProcessNames(series);
  return others.replace(/command="([^"]*)",?/, (found, command) => {
    const pairs = present(identity.labels(command)).map(([label, value]) => `${label}="${value}"`);
    return pairs.join(',') + (found.endsWith(',') && pairs.length > 0 ? ',' : '');
  });
}

function placeOfDevices(identity: TestedIdentity): string {
  const places = present(identity.labels('some')).filter(([label]) => label !== 'command');
  return places.map(([label, value]) => `${label}="${value}"`).join(',');
}

function withoutProcessNames(series: string): string {
  return series.replace(new RegExp(`,(?:${PROCESS_NAMES.join('|')})="[^"]*"`, 'g'), '');
}

/** What differed in a label that is gone is one series, with the sum of the samples. */
function summed(input: readonly PromtoolSeries[]): readonly PromtoolSeries[] {
  return [...new Set(input.map(({ series }) => series))].map((series) => {
    const parts = input.filter((one) => one.series === series);
    if (parts.length === 1) return parts[0]!;
    const samples = parts.map(({ values }) => expanded(String(values)));
    const length = Math.max(...samples.map((one) => one.length));
    return { series, values: Array.from({ length }, (_, at) => sum(samples.map((one) => one[at] ?? '_'))).join(' ') };
  });
}

function sum(samples: readonly string[]): string {
  const numbers = samples.filter((one) => one !== '_' && one !== 'stale');
  if (numbers.length === 0) return samples.includes('stale') ? 'stale' : '_';
  return String(numbers.reduce((total, one) => total + Number(one), 0));
}

function alertLabels(
  command: string | undefined,
  labels: Readonly<Record<string, string>>,
  identity: TestedIdentity,
): Record<string, string> {
  const others = Object.entries(labels).filter(([label]) => hasCommand(identity) || !PROCESS_NAMES.includes(label));
  return Object.fromEntries([...others, ...(command === undefined ? [] : present(identity.labels(command)))]);
}

function present(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).filter(([, value]) => value !== '');
}

/** Around a command in a text, until it gets its name. No text has these characters. */
const mark = (command: string) => `\u{1}${command}\u{2}`;
const MARKED = '(\u{1}[^\u{2}]*\u{2})';

/** How texts differ from those of commands besides the names, where other labels say where a process runs. */
const wordsOfPlaces: readonly [RegExp, string][] = [
  [new RegExp(`^- ${MARKED} in /[^,]*, requested`, 'gm'), '- $1, requested'],
  [new RegExp(`^- ${MARKED} in (?=\\w+: )`, 'gm'), '- $1, '],
];

/** How they differ without commands. */
const wordsOfContainers: readonly [RegExp, string][] = [
  [/commands/g, 'containers'],
  [/Commands/g, 'Containers'],
  [/\bcommand(?=, user|\))/g, 'container'],
  [/\(← parent, user\)/g, '(and users)'],
  [new RegExp(`${MARKED} ← \\S+ \\((\\S+)\\)`, 'g'), '$1, $2'],
  [new RegExp(`${MARKED} \\((\\S+)\\)`, 'g'), '$1, $2'],
  [new RegExp(`${MARKED}, requested by [^:]*`, 'g'), '$1'],
  [new RegExp(`${MARKED}, started by \\S+?( in \\S+)?, failed`, 'g'), '$1$2 failed'],
  [/became root through/g, 'became root in'],
];

function renamed(text: string, commands: ReadonlySet<string>, identity: TestedIdentity): string {
  const longestFirst = [...commands].sort((one, other) => other.length - one.length).map((name) => escaped(name));
  const isOther = '(?<!← |in |run by |requested by |started by |as |[\\w./(-])';
  const name = new RegExp(`${isOther}(?:${longestFirst.join('|') || '(?!)'})(?![\\w/-]|\\.\\w)`, 'g');
  const words = hasCommand(identity) ? wordsOfPlaces : [...wordsOfPlaces, ...wordsOfContainers];
  return words
    .reduce(
      (result, [from, to]) => result.replace(from, to),
      text.replace(name, (command) => mark(command)),
    )
    .replace(new RegExp(MARKED, 'g'), (marked) => identity.who(marked.slice(1, -1)));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
