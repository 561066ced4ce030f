import { Profile as Message } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { foldedText } from '../../src/profiles/folded.js';
import { pprofMessage } from '../../src/profiles/pprof.js';
import type { StackSet } from '../../src/profiles/stack_set.js';
import { FakeProfiles, stackOf } from '../harness/fake_profiles.js';
import { givenUp, setOf, unhurried } from './work.js';

const facts = { kind: 'cpu', from: 1_764_240_000_000, to: 1_764_240_300_000, periodNs: 1e9 / 49 } as const;

async function textOf(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const foldedOf = async (set: StackSet) => (await textOf(foldedText(set, unhurried()))).toString();

describe('folded stacks', () => {
  it('have labels, frames from the outermost, and a number', async () => {
    expect(await foldedOf(await setOf(new FakeProfiles().stacks))).toBe(
      'burner;main;work;burn 490\n' +
        'burner;main;work;syscall;do_syscall_64_[k];vfs_read_[k] 98\n' +
        'node;main;tick_[j];libx.so+0x1f40 49\n',
    );
  });

  it('keep their shape whatever names users choose', async () => {
    const [frame] = stackOf('a', 'f', 1).frames;
    const frames = [{ ...frame!, function: '\u001b[31mred\u202e;x' }];
    const set = await setOf([{ labels: { unit: '', command: 'a;b 1\nc' }, frames, value: 2 }]);
    expect(await foldedOf(set)).toBe('[unknown];a:b 1\\x0ac;\\x1b[31mred\\xe2\\x80\\xae:x 2\n');
  });

  it('are complete in many parts, and nothing without stacks', async () => {
    const stacks = Array.from({ length: 1000 }, (_, index) => stackOf('a', `f${index}`, index + 1));
    const lines = (await foldedOf(await setOf(stacks))).trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toBe('a;f999 1000');
    expect(await foldedOf(await setOf([]))).toBe('');
  });
});

describe('a pprof file', () => {
  /** A message with its numbers of strings replaced by the strings. */
  async function decode(set: StackSet, change: object = {}) {
    const bytes = await textOf(pprofMessage({ ...facts, lost: 0, missingMs: 0, ...change }, set, unhurried()));
    const message = Message.decode(bytes);
    const { strings } = message.stringTable;
    const text = (number: number | bigint) => strings[Number(number)]!;
    const type = (of: { type: number | bigint; unit: number | bigint }) => `${text(of.type)}/${text(of.unit)}`;
    const functions = new Map(message.function.map(({ id, name }) => [Number(id), text(name)]));
    const mappings = new Map(message.mapping.map(({ id, filename }) => [Number(id), text(filename)]));
    const locations = new Map(
      message.location.map(({ id, line, mappingId, address }) => [
        Number(id),
        `${functions.get(Number(line[0]!.functionId))}@${mappings.get(Number(mappingId))}@${address}`,
      ]),
    );
    const samples = message.sample.map(({ locationId, value, label }) => ({
      frames: locationId.map((id) => locations.get(Number(id))),
      value: value.map(Number),
      labels: Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])),
    }));
    return { message, samples, types: message.sampleType.map(type), period: type(message.periodType!), text };
  }

  it('has samples with values, labels, functions and modules', async () => {
    const { message, samples, types, period } = await decode(await setOf(new FakeProfiles().stacks));
    expect(types).toEqual(['samples/count', 'cpu/nanoseconds']);
    expect([period, Number(message.period)]).toEqual(['cpu/nanoseconds', 20_408_163]);
    expect(BigInt(message.timeNanos)).toBe(1_764_240_000_000_000_000n);
    expect(Number(message.durationNanos)).toBe(300e9);
    expect(samples).toEqual([
      {
        frames: ['burn@/usr/bin/app@0', 'work@/usr/bin/app@0', 'main@/usr/bin/app@0'],
        value: [490, 10_000_000_000],
        labels: { command: 'burner' },
      },
      {
        frames: [
          'vfs_read@[kernel]@0',
          'do_syscall_64@[kernel]@0',
          'syscall@libc.so.6@0',
          'work@/usr/bin/app@0',
          'main@/usr/bin/app@0',
        ],
        value: [98, 2_000_000_000],
        labels: { command: 'burner' },
      },
      {
        frames: ['libx.so+0x1f40@/usr/lib/libx.so@8000', 'tick@[jit]@0', 'main@/usr/bin/node@0'],
        value: [49, 1_000_000_000],
        labels: { command: 'node' },
      },
    ]);
    expect(message.comment).toEqual([]);
  });

  it('of off-CPU time has nanoseconds only', async () => {
    const set = await setOf([stackOf('a', 'f', 12_345)]);
    const { samples, types, period } = await decode(set, { kind: 'offcpu', periodNs: 1 });
    expect([types, period]).toEqual([['offcpu/nanoseconds'], 'offcpu/nanoseconds']);
    expect(samples[0]!.value).toEqual([12_345]);
  });

  it('says what is missing', async () => {
    const { message, text } = await decode(await setOf([]), { lost: 3, missingMs: 40_000 });
    expect(message.comment.map(text)).toEqual(['3 samples were lost', 'There is no record of 40 s of this time']);
  });

  it('is complete in many parts', async () => {
    const stacks = Array.from({ length: 1000 }, (_, index) =>
      stackOf(`c${index}`, `main;f${index}@/lib/${index}`, index + 1),
    );
    const { samples } = await decode(await setOf(stacks));
    expect(samples).toHaveLength(1000);
    expect(samples[999]).toMatchObject({
      frames: ['f999@/lib/999@0', 'main@/usr/bin/app@0'],
      labels: { command: 'c999' },
    });
  });

  it('has no hidden characters', async () => {
    const { samples } = await decode(await setOf([stackOf('\u001b]0;x\u0007', 'f\u202e\ud800', 1)]));
    expect(samples[0]).toMatchObject({
      frames: ['f\\xe2\\x80\\xae\\xef\\xbf\\xbd@/usr/bin/app@0'],
      labels: { command: '\\x1b]0;x\\x07' },
    });
  });

  it('stops when nobody wants it any more', async () => {
    const set = await setOf([stackOf('a', 'f', 1)]);
    await expect(textOf(pprofMessage({ ...facts, lost: 0, missingMs: 0 }, set, givenUp()))).rejects.toThrow('given up');
  });
});
