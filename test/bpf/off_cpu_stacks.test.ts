import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspectHost } from '../../src/kernel/host.js';
import { StackProgram } from '../../src/stacks/stack_program.js';
import type { RawStack } from '../../src/stacks/stack_reader.js';
import { type Bounds, SleepingProgram, type Slept } from '../harness/burning_program.js';
import { addon, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const command = 'gt-sleep';
const context = { addon, host: inspectHost({ proc: '/proc', sys: '/sys' }), btfPath: undefined, onLog: () => {} };

const milliseconds = (stacks: readonly RawStack[]) => stacks.reduce((total, { value }) => total + value, 0) / 1e6;
const isIn = (address: bigint | undefined, [from, to]: Bounds) =>
  address !== undefined && Number(address) >= from && Number(address) < to;

describe('off_cpu_stacks', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  let sleeping: SleepingProgram;
  let program: StackProgram;
  beforeAll(() => {
    sleeping = new SleepingProgram(command);
  });
  afterAll(() => sleeping?.remove());
  beforeEach(async () => {
    program = await StackProgram.load(context, 'offcpu', {
      prepare: async () => {},
      of: (name) => ({ command: name }),
    });
  });
  afterEach(() => program?.close());

  const of = (stacks: readonly RawStack[], { pid }: Slept) =>
    stacks.filter((stack) => stack.pid === pid && stack.labels.command === command);

  test('two functions have the time that they slept, below their caller', async () => {
    const slept = await sleeping.sleep(300, 5);
    const { stacks, lost } = await program.collect();
    const own = of(stacks, slept);
    const [twice, once] = [slept.nap_twice, slept.nap_once].map((bounds) =>
      own.filter(({ user }) => isIn(user[0], bounds)),
    );
    for (const { kernel, user } of [...twice!, ...once!]) {
      expect(kernel.length).toBeGreaterThan(2);
      expect(user.filter((address) => isIn(address, slept.caller)).length).toBe(1);
    }
    const sum = milliseconds(twice!) + milliseconds(once!);
    // The program measures the way to the sleep and back as well.
    expect(sum).toBeLessThan(slept.milliseconds);
    expect(sum).toBeGreaterThan(0.97 * slept.milliseconds);
    expect(milliseconds(twice!) / sum).toBeGreaterThan(0.64);
    expect(milliseconds(twice!) / sum).toBeLessThan(0.69);
    expect(lost).toBe(0);
  });

  test('a wait longer than two collections has its stack and its whole length', async () => {
    const sleep = sleeping.sleep(1, 1500);
    for (let i = 0; i < 5; i++) await program.collect();
    const slept = await sleep;
    const own = of((await program.collect()).stacks, slept).filter(({ user }) => isIn(user[0], slept.nap_twice));
    expect(own).toHaveLength(1);
    expect(milliseconds(own)).toBeGreaterThan(1490);
    expect(milliseconds(own)).toBeLessThan(slept.milliseconds);
  });

  test('waits of less than a millisecond are left out', async () => {
    const slept = await sleeping.sleep(300, 0.2);
    const own = of((await program.collect()).stacks, slept).filter(({ user }) => isIn(user[0], slept.nap_twice));
    // Some take longer because another program has the CPU.
    expect(milliseconds(own)).toBeLessThan(0.3 * slept.milliseconds);
  });

  test('kernel threads that wait for work, and idle CPUs, have no stack', async () => {
    await sleeping.sleep(20, 20);
    const { stacks } = await program.collect();
    expect(stacks.some(({ labels }) => labels.command!.startsWith('swapper'))).toBe(false);
    expect(stacks.some(({ pid, user }) => pid === 0 && user.length > 0)).toBe(false);
    expect(stacks.some(({ pid, labels }) => pid === 0 && labels.command === 'ksoftirqd')).toBe(false);
  });

  test('threads keep a place only while they live', async () => {
    const places = () => program.kernel.map('thread_places');
    const taken = () => new Int32Array(new Uint8Array(places().lookup(u32(0))!).buffer)[0]!;
    for (let i = 0; i < 30; i++) await sleeping.sleep(2, 2);
    const { count } = await program.kernel.map('waiting_stacks').snapshot();
    expect(Math.abs(taken() - count)).toBeLessThan(15);
  });

  test('a user takes places for threads only while more are left than it has', async () => {
    const places = program.kernel.map('thread_places');
    const half = 2048;
    places.update(u32(0), u32(half));
    const first = await sleeping.sleep(20, 5);
    expect(of((await program.collect()).stacks, first)).not.toEqual([]);
    for (let share = 1; share <= 256; share++) places.update(u32(share), u32(half));
    const second = await sleeping.sleep(20, 5);
    expect(of((await program.collect()).stacks, second)).toEqual([]);
  });

  test('what finds no place is counted, with its time', async () => {
    // As if others had taken all places.
    program.kernel.map('thread_places').update(u32(0), u32(4096));
    const slept = await sleeping.sleep(100, 5);
    const { stacks, lost } = await program.collect();
    expect(of(stacks, slept)).toEqual([]);
    expect(lost / 1e6).toBeGreaterThan(0.97 * slept.milliseconds);
  });
});
