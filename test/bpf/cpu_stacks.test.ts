import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspectHost } from '../../src/kernel/host.js';
import { StackProgram, samplesPerSecond } from '../../src/stacks/stack_program.js';
import type { RawStack } from '../../src/stacks/stack_reader.js';
import { type Bounds, BurningProgram, type Burnt } from '../harness/burning_program.js';
import { addon, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const command = 'gt-burn';
const context = { addon, host: inspectHost({ proc: '/proc', sys: '/sys' }), btfPath: undefined, onLog: () => {} };

const sum = (stacks: readonly RawStack[]) => stacks.reduce((total, { value }) => total + value, 0);
const isIn = (address: bigint | undefined, [from, to]: Bounds) =>
  address !== undefined && Number(address) >= from && Number(address) < to;

describe('cpu_stacks', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  let burning: BurningProgram;
  let program: StackProgram;
  beforeAll(() => {
    burning = new BurningProgram(command);
  });
  afterAll(() => burning?.remove());
  beforeEach(async () => {
    program = await StackProgram.load(context, 'cpu', { prepare: async () => {}, of: (name) => ({ command: name }) });
  });
  afterEach(() => program?.close());

  const ofProcess = (stacks: readonly RawStack[], { pid }: Burnt) =>
    stacks.filter((stack) => stack.pid === pid && stack.labels.command === command);

  test('two functions have samples in proportion to their CPU time, below their caller', async () => {
    let isDone = false;
    const burn = burning.burn(4000).finally(() => {
      isDone = true;
    });
    const stacks: RawStack[] = [];
    let lost = 0;
    while (!isDone) {
      await Promise.race([burn, new Promise((resolve) => setTimeout(resolve, 3000))]);
      const collected = await program.collect();
      stacks.push(...collected.stacks);
      lost += collected.lost;
    }
    const burnt = await burn;
    const own = ofProcess(stacks, burnt);
    const [twice, once] = [burnt.burn_twice, burnt.burn_once].map((bounds) =>
      own.filter(({ user }) => isIn(user[0], bounds)),
    );
    const expected = (samplesPerSecond * burnt.cpu_milliseconds) / 1000;
    // The clock that samples a CPU and the clock of the process agree to some samples; three standard deviations are allowed besides.
    expect(sum(own)).toBeGreaterThan(expected * 0.85);
    expect(sum(own)).toBeLessThan(expected * 1.15);
    expect(sum(twice!) + sum(once!)).toBeGreaterThan(0.85 * sum(own));
    const share = sum(twice!) / (sum(twice!) + sum(once!));
    expect(share).toBeGreaterThan(0.56);
    expect(share).toBeLessThan(0.77);
    // Its stack is whole: the function, turn() and turns(), main() and what calls that.
    const inFunction = [...twice!, ...once!].filter(({ kernel }) => kernel.length === 0);
    expect(inFunction.length).toBeGreaterThan(0);
    for (const { user } of inFunction) {
      expect(user.filter((address) => isIn(address, burnt.caller)).length).toBeGreaterThanOrEqual(1);
      expect(user.length).toBeGreaterThanOrEqual(4);
    }
    expect(lost).toBe(0);
  });

  test('two processes with the same name are told apart', async () => {
    const burnt = await Promise.all([burning.burn(1500), burning.burn(700)]);
    const { stacks } = await program.collect();
    const sums = burnt.map((one) => sum(ofProcess(stacks, one)));
    for (const [i, { cpu_milliseconds }] of burnt.entries()) {
      expect(sums[i]).toBeGreaterThan((samplesPerSecond * cpu_milliseconds * 0.75) / 1000);
      expect(sums[i]).toBeLessThan((samplesPerSecond * cpu_milliseconds * 1.25) / 1000);
    }
  });

  test('a collection has what was sampled since the last one', async () => {
    const first = await burning.burn(1000);
    const before = await program.collect();
    const second = await burning.burn(1000);
    const after = await program.collect();
    const third = await burning.burn(1000);
    const last = await program.collect();
    const found = [before, after, last].map(({ stacks }) =>
      [first, second, third].map((one) => sum(ofProcess(stacks, one)) > 0),
    );
    expect(found).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  test('kernel threads and idle CPUs: no process of their own', async () => {
    await burning.burn(500);
    const { stacks } = await program.collect();
    expect(stacks.some(({ pid, user }) => pid === 0 && user.length > 0)).toBe(false);
    expect(stacks.some(({ labels }) => labels.command!.startsWith('swapper'))).toBe(false);
  });

  test('what finds no place is counted', async () => {
    await program.collect();
    // One new stack for all users together; some may have come before.
    program.kernel.map('stacks_newcomers').update(u32(0), u32(4_000_000_000, 1));
    const burnt = await burning.burn(2000);
    const { stacks, lost } = await program.collect();
    expect(stacks.length).toBeLessThan(30);
    const expected = (samplesPerSecond * burnt.cpu_milliseconds) / 1000;
    expect(sum(stacks) + lost).toBeGreaterThan(expected * 0.85);
    expect(lost).toBeGreaterThan(0);
    expect((await program.collect()).lost).toBeLessThan(lost);
  });
});
