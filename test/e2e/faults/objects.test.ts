import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type RunningExporter, startExporter } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import {
  faultyProbe,
  fixtureNeeds,
  mainFileOf,
  objectOf,
  Scrape,
  type ShownProbe,
  shownProbes,
  tell,
  toldProbe,
} from '../probes.js';

const skip = '{ skip: true }';

const kind = 2;

interface Fault {
  readonly code: string;
  /** What a person must find in the sentence. */
  readonly says: readonly (string | RegExp)[];
  /** What the remedy must be, where it depends on the fault. */
  readonly advises?: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** By probe: what is wrong with it, and what is said about it. */
function faultyProbes(): Readonly<Record<string, Fault>> {
  const told = readFileSync(objectOf('told'));
  const withObject = (name: string, content: string | Uint8Array): Fault['files'] => ({
    [`${name}.yaml`]: toldProbe({ name }).replace(/object: .*/, `object: ${name}.o`),
    [`${name}.o`]: content,
  });
  const withMetric = (name: string, metric: string): Fault['files'] => ({
    [`${name}.yaml`]: toldProbe({
      name,
      metrics: `  - { name: ${name}_total, type: counter, help: Help., ${metric} }`,
    }),
  });
  const withProgram = (name: string, ...programs: string[]): Fault['files'] => ({
    [`${name}.yaml`]: faultyProbe(name, ...programs),
  });
  return {
    not_elf: {
      code: 'OBJECT_INVALID',
      says: ['not_elf.o', 'it is not an ELF file'],
      files: withObject('not_elf', 'just a text\n'.repeat(50)),
    },
    empty: { code: 'OBJECT_INVALID', says: ['empty.o'], files: withObject('empty', '') },
    truncated: {
      code: 'OBJECT_INVALID',
      says: ['truncated.o'],
      files: withObject('truncated', told.subarray(0, told.length >> 1)),
    },
    elf_header_alone: {
      code: 'OBJECT_INVALID',
      says: ['elf_header_alone.o'],
      files: withObject('elf_header_alone', told.subarray(0, 64)),
    },
    other_machine: {
      code: 'OBJECT_INVALID',
      says: ['other_machine.o'],
      files: withObject('other_machine', readFileSync(process.execPath).subarray(0, 100_000)),
    },
    no_object: {
      code: 'OBJECT_NOT_FOUND',
      says: ['no_object.o'],
      files: { 'no_object.yaml': toldProbe({ name: 'no_object' }).replace(/object: .*/, 'object: no_object.o') },
    },
    rejected: {
      code: 'PROGRAM_REJECTED',
      says: ['"out_of_bounds"', 'EACCES', /invalid access to map value, value_size=8 off=8000 size=8/],
      files: withProgram('rejected', 'out_of_bounds'),
    },
    no_hook: {
      code: 'HOOK_MISSING',
      says: ['at_no_hook', 'santabpf_no_such_hook', 'has no such function, tracepoint or iterator'],
      files: withProgram('no_hook', 'at_no_hook'),
    },
    no_function: {
      code: 'HOOK_MISSING',
      says: ['at_no_function', 'santabpf_no_such_function', 'without kprobes'],
      files: withProgram('no_function', 'at_no_function'),
    },
    idle: {
      code: 'HOOK_MISSING',
      says: ['at_no_function', 'santabpf_no_such_function'],
      files: {
        'idle.yaml': faultyProbe('idle', 'at_no_function').replace(
          /alternatives:.*(?=metrics:)/s,
          `optional: [at_no_function]
  attach: { out_of_bounds: ${skip}, at_entry: ${skip}, at_no_hook: ${skip}, classic: ${skip}, harmless: ${skip} }
`,
        ),
      },
    },
    no_program: {
      code: 'PROGRAM_UNKNOWN',
      says: ['"nobody"', 'harmless'],
      files: withProgram('no_program', 'nobody'),
    },
    renamed_field: {
      code: 'FIELD_UNKNOWN',
      says: ['"valeu"', 'value (__u64), parity (__u32), size_class (__u32)'],
      advises: 'Did you mean "value"?',
      files: withMetric('renamed_field', 'map: values, labels: { a: { field: valeu } }'),
    },
    renamed_map: {
      code: 'MAP_UNKNOWN',
      says: ['"valuse"', 'values', 'commands'],
      advises: 'Did you mean "values"?',
      files: withMetric('renamed_map', 'map: valuse'),
    },
    resized_map: {
      code: 'MAP_UNKNOWN',
      says: ['"valuse"', 'values'],
      files: {
        'resized_map.yaml': toldProbe({ name: 'resized_map', settings: 'maps: { valuse: { max_entries: 5 } }' }),
      },
    },
    no_constant: {
      code: 'CONSTANT_UNKNOWN',
      says: ['"wanted_kin"', 'wanted_kind'],
      advises: 'Did you mean "wanted_kind"?',
      files: { 'no_constant.yaml': toldProbe({ name: 'no_constant' }).replace('wanted_kind', 'wanted_kin') },
    },
    large_constant: {
      code: 'CONSTANT_INVALID',
      says: ['"wanted_kind"', '-1'],
      files: { 'large_constant.yaml': toldProbe({ name: 'large_constant', kind: -1 }) },
    },
  };
}

describe('a probe that does not work', needs(fixtureNeeds), () => {
  let exporter: RunningExporter;
  let faults: Readonly<Record<string, Fault>>;
  let shown: Record<string, ShownProbe>;

  beforeAll(async () => {
    faults = faultyProbes();
    exporter = await startExporter({
      config: mainFileOf('told', ...Object.keys(faults), 'syscalls'),
      files: Object.assign({ 'told.yaml': toldProbe({ kind }) }, ...Object.values(faults).map(({ files }) => files)),
      patience: 25_000,
    });
    shown = await shownProbes(exporter);
  });
  afterAll(async () => void (await exporter?.stop()));

  // The names of the table, which itself needs compiled objects.
  it.each([
    ...['not_elf', 'empty', 'truncated', 'elf_header_alone', 'other_machine', 'no_object', 'rejected', 'no_hook'],
    ...[
      'no_function',
      'idle',
      'no_program',
      'renamed_field',
      'renamed_map',
      'resized_map',
      'no_constant',
      'large_constant',
    ],
  ])('%s does not run, for its reason', async (name) => {
    const { code, says, advises } = faults[name]!;
    const [state, level] = code === 'HOOK_MISSING' ? ['unsupported', 'warn'] : ['down', 'error'];
    expect(shown[name]).toMatchObject({ state, reason: { code } });
    const line = exporter.entries().find((entry) => entry.probe === name && entry.code === code);
    expect(line).toMatchObject({ level, remedy: shown[name]!.reason!.remedy });
    if (advises !== undefined) expect(line!.remedy).toBe(advises);
    for (const what of says) {
      expect(shown[name]!.reason!.message).toMatch(what);
      expect(line!.msg).toMatch(what);
    }
    expect((await Scrape.of(exporter)).states().get(name)).toBe(state);
  });

  test('the table is whole', () => expect(Object.keys(faults)).toHaveLength(16));

  it('names the line of a field that is not there, with the fields that are', () => {
    const line = exporter.entries().find((entry) => entry.probe === 'renamed_field');
    const file = readFileSync(`${exporter.folder}/renamed_field.yaml`, 'utf8').split('\n');
    const index = file.findIndex((text) => text.includes('valeu'));
    expect(line!.at).toBe(`${exporter.folder}/renamed_field.yaml:${index + 1}:${file[index]!.indexOf('valeu') + 1}`);
  });

  it('prints no stack trace and no verifier log of more than a few lines', () => {
    for (const { msg, err } of exporter.entries()) {
      expect(err).toBeUndefined();
      expect(msg.split('\n').length).toBeLessThan(20);
      expect(msg).not.toMatch(/^\s+at /m);
    }
  });

  it('leaves the others serving', async () => {
    tell(3, [1, 2, 3], { kind });
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('told_calls_total')).toBe(9);
    expect(scrape.value('syscalls_total', { syscall: 'getppid' })).toBeGreaterThan(0);
    expect([scrape.states().get('told'), scrape.states().get('syscalls')]).toEqual(['up', 'up']);
    expect(await exporter.get('/-/ready')).toContain('ready');
  });
});

describe('programs of a type that a policy forbids', needs(fixtureNeeds), () => {
  it('are unsupported with the reason, or run where they are allowed', async (context) => {
    const exporter = await startExporter({
      config: mainFileOf('entry', 'told'),
      files: { 'entry.yaml': faultyProbe('entry', 'at_entry'), 'told.yaml': toldProbe() },
    });
    try {
      const { entry, told } = await shownProbes(exporter);
      expect(told).toMatchObject({ state: 'up' });
      if (entry!.state === 'up') return context.skip('this kernel forbids no fentry program');
      expect(entry).toMatchObject({ state: 'unsupported', reason: { code: 'PROGRAM_FORBIDDEN' } });
      expect(entry!.reason!.message).toContain('policy of this host forbids program');
      expect(entry!.reason!.message).not.toMatch(/memlock|ulimit/i);
    } finally {
      await exporter.stop();
    }
  });
});
