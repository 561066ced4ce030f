import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Command, commandHelp, defineCommand, runCommand } from '../../src/cli/command.js';
import { text } from '../../src/cli/flags.js';
import { COMMANDS } from '../../src/commands/commands.js';

let printed = '';

function capture(): void {
  printed = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      printed += String(chunk);
      return true;
    });
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function run(command: Command, ...argv: string[]): Promise<number> {
  capture();
  return await runCommand(command, argv);
}

const calls: unknown[] = [];
const weigh = defineCommand({
  name: 'weigh',
  summary: 'Weigh objects',
  description: ['Weighs objects.'],
  operands: [{ name: 'OBJECT' }, { name: 'SCALE', optional: true }],
  flags: { unit: { takes: 'UNIT', help: 'Unit', default: 'g', parse: text }, json: { help: 'JSON' } },
  examples: ['weigh stone.o'],
  async run(operands, flags) {
    calls.push([operands, flags.unit, flags.json]);
    return operands[0] === 'broken' ? 1 : 0;
  },
});

describe('runCommand', () => {
  it('hands over operands and flags', async () => {
    calls.length = 0;
    expect(await run(weigh, 'stone.o', '--unit=kg', '--json')).toBe(0);
    expect(await run(weigh, 'stone.o', 'old')).toBe(0);
    expect(await run(weigh, 'broken')).toBe(1);
    // Flags may come first.
    expect(await run(weigh, '--json', 'stone.o', '--unit', 'kg', 'old')).toBe(0);
    expect(await run(weigh, '-')).toBe(0);
    expect(calls).toEqual([
      [['stone.o'], 'kg', true],
      [['stone.o', 'old'], 'g', false],
      [['broken'], 'g', false],
      [['stone.o', 'old'], 'kg', true],
      [['-'], 'g', false],
    ]);
  });

  it.each([
    [[], 'santabpf weigh needs an OBJECT, as in: santabpf weigh stone.o'],
    [['a', 'b', 'c'], 'santabpf weigh has no use for "c"; its help: santabpf weigh --help'],
    [['--json', 'a', 'b', 'c'], 'santabpf weigh has no use for "c"; its help: santabpf weigh --help'],
    [['a', '-x'], 'Unknown flag "-x"'],
    [['a', '--units=kg'], 'Unknown flag "--units=kg"'],
    [['a', '--unit'], '--unit needs a value: --unit=UNIT'],
  ])('refuses %j', async (argv, sentence) => {
    expect(await run(weigh, ...argv)).toBe(2);
    expect(printed).toContain(sentence);
  });

  it('says with exit code 1 what fails on the way', async () => {
    const failing = { ...weigh, run: () => Promise.reject(new Error('The scale is broken')) };
    expect(await run(failing, 'a')).toBe(1);
    expect(printed).toBe('The scale is broken\n');
  });

  it('prints its help, also without operands', async () => {
    expect(await run(weigh, '--help')).toBe(0);
    expect(printed).toBe(commandHelp(weigh));
    expect(printed).toMatch(/^Usage: santabpf weigh OBJECT \[SCALE\] \[FLAG\]\.\.\.\n/);
  });
});

describe.each([...COMMANDS])('%s', (name, load) => {
  it('has a help that fits a terminal', async () => {
    const { command } = await load();
    expect(command.name).toBe(name);
    for (const line of commandHelp(command).split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    for (const example of command.examples) expect(example.split(' ')[0]).toBe(name);
    for (const sentence of command.description) expect(sentence).toMatch(/[.:]$/);
  });
});
