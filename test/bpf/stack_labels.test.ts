import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth, type Samples } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/stack_labels.bpf.c. */
const teller = process.pid;

/** Sends a value of each kind by the C library, then waits for the end of its input: names come from the files of a running process. */
const script = `
import ctypes, sys
library = ctypes.CDLL(None, use_errno=True)
for kind in range(3):
    library.syscall(${process.arch === 'x64' ? 110 : 173}, ctypes.c_ulong(0x73616e7461627066), ctypes.c_ulong(${teller} * 256 + kind), ctypes.c_ulong(1))
print('sent', flush=True)
sys.stdin.read()
`;

describe('labels of stacks', needs({ root: true, bpf: true, commands: ['python3'] }), () => {
  let truth: GroundTruth;
  let sender: ChildProcess;
  let samples: Samples;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('stack_labels', { teller }));
    sender = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(sender.stdout!, 'data');
    samples = await truth.scrape();
  });
  afterAll(async () => {
    sender?.stdin?.end();
    await truth?.stop();
  });

  test('a stack of a process by its id begins with the function of the C library', () => {
    const ofKind = (kind: number) => [...samples.values('calls_by_user_stack_total', { kind: String(kind) }).keys()];
    expect(ofKind(0)).toEqual([expect.stringMatching(/^stack="syscall(;[^;"]+)*"$/)]);
  });

  test('an id without a stack stays a number, and the label of no stack is empty', () => {
    expect(samples.values('calls_by_user_stack_total', { kind: '1' }).get('stack="255"')).toBe(1);
    expect(samples.values('calls_by_user_stack_total', { kind: '2' }).get('stack=""')).toBe(1);
  });

  test('addresses in the key are stacks, too', () => {
    const stacks = [...samples.values('calls_by_frames_total')];
    expect(stacks).toEqual([[expect.stringMatching(/^stack="syscall(;[^;"]+)*"$/), 3]]);
  });

  test('an address has the function that it lies in', () => {
    expect(Object.fromEntries(samples.values('calls_by_function_total'))).toEqual({ 'function="syscall"': 3 });
  });

  test('a stack of the kernel by its id has names', () => {
    const stacks = [...samples.values('calls_by_kernel_stack_total')];
    expect(stacks.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
    for (const [stack] of stacks) expect(stack).toMatch(/syscall|do_el0|el0_svc/);
  });

  test('records of events have stacks by the same map', () => {
    const stacks = Object.fromEntries(samples.values('records_total'));
    expect(stacks).toMatchObject({ 'stack=""': 1, 'stack="255"': 1 });
    expect(Object.keys(stacks).some((stack) => stack.startsWith('stack="syscall'))).toBe(true);
  });
});
