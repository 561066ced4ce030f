/** The man page santabpf(1), in roff with the macros of man(7). */
import { usageOf } from './command.js';
import { type Flags, flagRows } from './flags.js';
import { flagsOf, type Program } from './program.js';

/** @param date of the page, such as 2026-01-31: that of the build, so that the page does not change by itself */
export function manPage({ version, flags, commands }: Program, date: string): string {
  return [
    `.TH SANTABPF 1 "${date}" "santabpf ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    'santabpf \\- Prometheus exporter for kernel metrics, measured with BPF',
    '.SH SYNOPSIS',
    '.B santabpf',
    '[\\fIFLAG\\fR]...',
    ...commands.flatMap((command) => ['.br', synopsis(usageOf(command))]),
    '.SH DESCRIPTION',
    'Without a command, santabpf loads BPF programs and serves what they measure as Prometheus metrics.',
    'The commands answer questions about this host, BPF objects and scripts, and write probes.',
    '.SH FLAGS OF THE EXPORTER',
    ...flagList(flags),
    '.SH COMMANDS',
    ...commands.flatMap((command) => [
      `.SS ${escaped(command.name)}`,
      ...command.description.map(line),
      ...flagList(flagsOf(command)),
      '.PP',
      command.examples.length > 1 ? 'Examples:' : 'Example:',
      '.PP',
      '.nf',
      ...command.examples.map((example) => `\\fBsantabpf ${escaped(example)}\\fR`),
      '.fi',
    ]),
    '.SH EXIT STATUS',
    '.TP',
    '.B 0',
    'Done. The exporter: it was ended by a signal.',
    '.TP',
    '.B 1',
    'What was asked for has faults, or the start failed. The messages say why, each with a code that docs/errors.md explains.',
    '.TP',
    '.B 2',
    'Invalid command line.',
    '.SH ENVIRONMENT',
    '.TP',
    '.B NO_COLOR',
    'Switches colours off. They appear on terminals only.',
    '.TP',
    '.B CACHE_DIRECTORY, STATE_DIRECTORY',
    'Folders of the service, as systemd sets them.',
    '.SH SEE ALSO',
    line('The folder docs of the package: docs/commands.md, docs/configuration.md, docs/errors.md. bpftool(8)'),
    '',
  ].join('\n');
}

function synopsis(usage: string): string {
  const [program = '', command = '', ...operands] = usage.split(' ');
  return `\\fB${program} ${escaped(command)}\\fR ${operands.map((word) => `\\fI${escaped(word)}\\fR`).join(' ')}`;
}

function flagList(flags: Flags): string[] {
  return flagRows(flags).flatMap(([flag, help]) => ['.TP', `.B ${escaped(flag)}`, line(help)]);
}

/** A dash is a dash to copy, not a hyphen. */
const escaped = (text: string) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-');

/** A line that begins with a dot or an apostrophe would be a request. */
const line = (text: string) => escaped(text).replace(/^(?=[.'])/, '\\&');
