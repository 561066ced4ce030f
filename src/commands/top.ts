/** `santabpf top`: a running exporter's series by rate. */
import { defineCommand } from '../cli/command.js';
import { count, text } from '../cli/flags.js';
import { fault } from '../errors/fault.js';
import { Lines, Terminal } from '../top/screen.js';
import { ratesAsJson, top } from '../top/top.js';

/** Rows of a table that goes to a file. */
const rowsOfFile = 23;

export const command = defineCommand({
  name: 'top',
  summary: 'Show what grows fastest in a running exporter, live',
  description: [
    'Shows what grows in a running exporter, as top shows processes.',
    'Without a metric it lists all of them, each with who does most of it. With a metric it lists its series.',
    'On a terminal the table is drawn anew until you press q. Elsewhere one table is printed.',
  ],
  operands: [{ name: 'METRIC', optional: true }],
  flags: {
    url: {
      takes: 'URL',
      help: 'Page of the exporter; user and password may stand in it',
      default: 'http://127.0.0.1:10225/metrics',
      parse: parseUrl,
    },
    by: { takes: 'LABELS', help: 'Add up by these labels, as in command,user', parse: text },
    interval: { takes: 'SECONDS', help: 'Time between two readings', default: '2', parse: positive },
    count: { takes: 'NUMBER', help: 'Tables to print; 0 is no limit [0 on a terminal, else 1]', parse: count },
    rows: { takes: 'NUMBER', help: `Rows of a table that goes to a file [${rowsOfFile}]`, parse: positive },
    json: { help: 'Print one reading as JSON' },
  },
  examples: ['top', 'top syscalls_total', 'top file_opens_total --by=command', 'top --json --interval=10'],
  async run([metric], flags) {
    const isTerminal = process.stdout.isTTY === true && !flags.json;
    const options = {
      url: flags.url,
      metric,
      by: flags.by?.split(',').map((name) => name.trim()),
      seconds: flags.interval,
      count: flags.count ?? (isTerminal ? 0 : 1),
    };
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(await ratesAsJson(options), undefined, 2)}\n`);
      return 0;
    }
    const screen = isTerminal
      ? new Terminal(process.stdout, process.stdin)
      : new Lines(process.stdout, (flags.rows ?? rowsOfFile) + 3);
    try {
      await top(options, screen);
    } finally {
      screen.close();
    }
    return 0;
  },
});

function parseUrl(value: string, flag: string): URL {
  const whole = /^https?:/.test(value) ? value : `http://${value}`;
  try {
    const url = new URL(whole);
    if (url.pathname === '/') url.pathname = '/metrics';
    return url;
  } catch {
    throw fault('ARGUMENT_INVALID', { problem: `--${flag} must be an address such as http://host:10225/metrics` });
  }
}

function positive(value: string, flag: string): number {
  const number = count(value, flag);
  if (number > 0) return number;
  throw fault('ARGUMENT_INVALID', { problem: `--${flag} must be 1 or more` });
}
