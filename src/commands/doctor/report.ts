/** A diagnosis as text for people. */
import { columnRows, columns, section, sections } from '../output/columns.js';
import type { Colour, Paint } from '../output/paint.js';
import type { FoundOption } from './configuration_options.js';
import type { Diagnosis } from './diagnosis.js';
import type { Finding } from './finding.js';
import type { HookTrial } from './hook_trials.js';
import type { ProbeTrial } from './probe_trials.js';

/** How wide the first column is: the longest word of those below. */
const words = {
  ok: ['ok', 'green'],
  limited: ['limited', 'yellow'],
  missing: ['missing', 'red'],
  unknown: ['unknown', 'dim'],
  off: ['off', 'yellow'],
  works: ['works', 'green'],
  loads: ['loads', 'green'],
  fails: ['fails', 'red'],
  up: ['works', 'green'],
  unsupported: ['unsupported', 'yellow'],
  suspended: ['suspended', 'yellow'],
  down: ['down', 'red'],
} as const satisfies Record<string, readonly [string, Colour]>;

type Word = keyof typeof words;

interface Style {
  readonly paint: Paint;
  /** Characters of a line. */
  readonly width: number;
}

/** @param isWhole also what is well, each on a line of its own */
export function report(diagnosis: Diagnosis, style: Style, isWhole: boolean): string {
  const { paint, width } = style;
  const { version, kernel, host, configuration, hooks, maps, probes, configured, remedies, next } = diagnosis;
  const lacking = configuration.options.filter(({ isGood }) => !isGood);
  const shown = isWhole ? configuration.options : lacking;
  const optionsTitle =
    configuration.file === null
      ? 'Kernel configuration: not on this host (no /proc/config.gz, nothing in /boot)'
      : `Kernel configuration (${configuration.file}): ${configuration.options.length - lacking.length} of ${configuration.options.length} options that BPF uses`;
  return sections([
    `${paint('bold', `SantaBPF ${version} on Linux ${kernel}`)}\n`,
    section('Host', marked(host.map(findingRow), style)),
    shown.length === 0 ? `${optionsTitle}\n` : section(optionsTitle, marked(shown.map(optionRow), style)),
    section('Hooks, each tried with a program that does nothing', marked(hooks.map(hookRow), style)),
    `Map types: ${mapText(maps)}\n`,
    section(`Probes of ${configured.file}, each brought up and ended`, [
      ...marked(probes.filter(({ isConfigured }) => isConfigured).map(probeRow), style),
      ...configured.faults.flatMap((fault) => fault.split('\n').map((line) => `  ${line}`)),
    ]),
    section('Other shipped probes', marked(probes.filter(({ isConfigured }) => !isConfigured).map(probeRow), style)),
    section('What to change', remedyLines(remedies, width)),
    `Next: ${paint('bold', next)}\n`,
  ]);
}

const remedyLines = (remedies: Diagnosis['remedies'], width: number) =>
  columns(
    remedies.map(({ for: names, isOptional, remedy }) => [
      isOptional ? `${few(names)} (optional)` : few(names),
      remedy,
    ]),
    width,
  );

function mapText(maps: Diagnosis['maps']): string {
  const lacking = maps.flatMap(({ type, isSupported }) => (isSupported ? [] : [type]));
  if (lacking.length === 0) return `all ${maps.length} that the exporter knows`;
  return `${maps.length - lacking.length} of ${maps.length} that the exporter knows; not ${lacking.join(', ')}`;
}

const mostNamed = 3;

/** Some names of many: all of them are in the lists above. */
function few(names: string): string {
  const all = names.split(', ');
  const more = all.length - mostNamed;
  return more > 1 ? `${all.slice(0, mostNamed).join(', ')} and ${more} more` : names;
}

type Row = readonly [Word, ...string[]];

const optionRow = ({ name, value, use, isGood, isRequired }: FoundOption): Row => [
  isGood ? 'ok' : isRequired ? 'missing' : 'off',
  name,
  value,
  use,
];

const findingRow = ({ state, name, text }: Finding): Row => [state, name, text];

const hookRow = ({ state, kind, use, reason }: HookTrial): Row => [
  state,
  kind,
  state === 'loads'
    ? `${use} (not attached: that would touch traffic)`
    : reason === undefined
      ? use
      : `${use}: ${shortReason(reason.message)}`,
];

/** The first line, without the name of the program, which is ours. `--json` has all of it. */
function shortReason(message: string): string {
  const [line = ''] = message.split('\n');
  if (line.includes('security policy'))
    return 'EPERM: a security policy of this host forbids it, or a capability is missing';
  return line.replace(/^Cannot attach program "[^"]+" \([^)]+\): /, '').replace(/:$/, '');
}

const probeRow = ({ state, probe, summary, reason }: ProbeTrial): Row => [
  state,
  probe,
  reason === undefined ? summary : `${reason.message} [${reason.code}]`,
];

/** The padding is part of the word, so that colours do not count as width. */
function marked(rows: readonly Row[], { paint, width }: Style): string[] {
  const mark = Math.max(...Object.values(words).map(([text]) => text.length));
  const lines = columnRows(
    rows.map(([, ...rest]) => rest),
    width - mark - 2,
  );
  return rows.flatMap(([word], row) => {
    const [text, colour] = words[word];
    return lines[row]!.map(
      (line, index) => `  ${index === 0 ? paint(colour, text.padEnd(mark)) : ' '.repeat(mark)}${line}`,
    );
  });
}
