import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testPython } from '../../setup/test_python.mjs';
import { inspectHost } from '../../src/kernel/host.js';
import { StackProgram } from '../../src/stacks/stack_program.js';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { Programs } from '../symbols/programs.js';

const context = { addon, host: inspectHost({ proc: '/proc', sys: '/sys' }), btfPath: undefined, onLog: () => {} };
const folder = mkdtempSync(join(tmpdir(), 'santabpf-python-'));
const python = testPython(join(import.meta.dirname, '../..'));
const script = join(folder, 'train.py');
writeFileSync(
  script,
  `import sys, _thread
def train_model(n):
    x = 0
    for i in range(n): x = (x * 31 + i) & 0xffff
    return x
def epochs():
    while True: yield train_model(10**5)
class Trainer:
    def run(self):
        def nested():
            for _ in epochs(): pass
        nested()
def other_thread():
    while True: train_model(10**5)
if sys.argv[1] == 'threads': _thread.start_new_thread(other_thread, ())
print('ready 0', flush=True)
Trainer().run()
`,
);

describe('stacks of Python', needs({ root: true, bpf: true, files: [python?.[0] ?? 'a Python 3.13'] }), () => {
  const programs = new Programs();
  let program: StackProgram;
  beforeEach(async () => {
    program = await StackProgram.load(context, 'cpu', { prepare: async () => {}, of: (name) => ({ command: name }) });
  });
  afterEach(() => program?.close());
  afterAll(async () => {
    await programs.close();
    rmSync(folder, { recursive: true });
  });

  /** Function names from the outermost to the innermost Python function, with the number of samples. */
  async function profile(options: readonly string[], mode: string): Promise<Map<string, number>> {
    const running = await programs.start(python![0]!, [...python!.slice(1), ...options, script, mode]);
    const symbolizer = programs.symbolizer();
    let interpreters: readonly unknown[] = [];
    for (let i = 0; i < 40 && interpreters.length === 0; i++) {
      await sleep(250);
      const { stacks } = await program.collect();
      const own = stacks.filter(({ pid }) => pid === running.pid);
      await symbolizer.observe([running.pid]);
      program.follow(await symbolizer.observePython(own));
      interpreters = await symbolizer.observePython(own);
    }
    await program.collect();
    await sleep(4000);
    const own = (await program.collect()).stacks.filter(({ pid }) => pid === running.pid);
    await symbolizer.observePython(own);
    // The names stay.
    await running.end();
    rmSync(`/tmp/perf-${running.pid}.map`, { force: true });
    const sums = new Map<string, number>();
    for (const { frames, value } of await symbolizer.symbolize(own)) {
      const path = frames
        .filter(({ module }) => module === script)
        .map((frame) => frame.function)
        .reverse()
        .join(';');
      sums.set(path, (sums.get(path) ?? 0) + value);
    }
    return sums;
  }

  const main = '<module>;Trainer.run;Trainer.run.<locals>.nested;epochs;train_model';
  const total = (sums: Map<string, number>) => [...sums.values()].reduce((sum, value) => sum + value, 0);

  test.each([
    ['without options', []],
    ['with perf trampolines', ['-X', 'perf']],
  ])('%s: functions, methods and generators in their order', async (_, options) => {
    const sums = await profile(options, 'one');
    expect(total(sums)).toBeGreaterThan(20);
    expect((sums.get(main) ?? 0) / total(sums), JSON.stringify([...sums])).toBeGreaterThan(0.9);
  });

  test('each thread has its own functions', async () => {
    const sums = await profile([], 'threads');
    expect(sums.get(main) ?? 0, JSON.stringify([...sums])).toBeGreaterThan(5);
    expect(sums.get('other_thread;train_model') ?? 0, JSON.stringify([...sums])).toBeGreaterThan(5);
  });
});
