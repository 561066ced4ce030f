import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { HookedProbe } from '../harness/hooked_probe.js';
import { needs } from '../harness/requirements.js';
import { VethPair } from '../harness/veth_pair.js';

const source = join(import.meta.dirname, '../fixtures/programs/steps.c');
/** In the fixture, too. */
const PORT = 4711;

const open: HookedProbe[] = [];
afterEach(() => {
  for (const probe of open.splice(0)) probe.close();
});

async function attached(fixture: string, hooks: Readonly<Record<string, AttachRequest>>): Promise<HookedProbe> {
  const probe = await HookedProbe.attach(fixture, hooks);
  open.push(probe);
  return probe;
}

describe(
  'user-space code where processes see it',
  needs({ root: true, bpf: true, commands: ['gcc', 'unshare'] }),
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-moving-'));
    const inside = join(folder, 'inside');
    const steps = join(folder, 'steps');
    const command = `santa${process.pid % 100_000}`;
    const shells: ChildProcess[] = [];

    beforeAll(() => {
      mkdirSync(inside);
      execFileSync('gcc', ['-O1', '-o', steps, source]);
    });
    afterEach(() => {
      for (const shell of shells.splice(0)) shell.kill('SIGKILL');
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** A shell in a mount namespace of its own, where `inside` has a program that nobody else sees. It runs the lines it is told. */
    async function container(): Promise<ChildProcess> {
      const script = `mount -t tmpfs none ${inside} && cp ${steps} ${inside}/steps && ln -s steps ${inside}/link && printf ${command} > /proc/$$/comm && echo ready && while read line; do eval "$line"; echo done; done`;
      const shell = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
      shells.push(shell);
      await once(shell.stdout!, 'data');
      return shell;
    }
    async function tell(shell: ChildProcess, line: string): Promise<void> {
      shell.stdin!.write(`${line}\n`);
      await once(shell.stdout!, 'data');
    }
    async function end(shell: ChildProcess): Promise<void> {
      const ended = once(shell, 'exit');
      shell.kill('SIGKILL');
      await ended;
    }

    test('is counted in every such process, also in later ones, until they end', async () => {
      const hook = { binary: `${inside}/link`, symbol: 'first_step', in: { command } };
      const probe = await attached('user_hooks', { count_entered: hook });
      expect(probe.follow()).toBe(
        `Program "count_entered" (uprobe) is not attached: it waits for a process "${command}"`,
      );
      const first = await container();
      expect(probe.follow()).toBeUndefined();
      await tell(first, `${inside}/steps 5 > /dev/null`);
      expect(probe.count('count_entered')).toBe(5);
      const second = await container();
      await tell(second, `${inside}/steps 100 > /dev/null`);
      expect(probe.count('count_entered')).toBe(5);
      expect(probe.follow()).toBeUndefined();
      await tell(second, `${inside}/steps 20 > /dev/null`);
      await tell(first, `${inside}/steps 1 > /dev/null`);
      expect(probe.count('count_entered')).toBe(26);
      // The host's file is another one.
      execFileSync(steps, ['1000']);
      await end(first);
      expect(probe.follow()).toBeUndefined();
      await tell(second, `${inside}/steps 2 > /dev/null`);
      expect(probe.count('count_entered')).toBe(28);
      await end(second);
      expect(probe.follow()).toContain('it waits for');
    });

    test('is detached when the last process with the name has another one', async () => {
      const shell = await container();
      const hook = { binary: `${inside}/steps`, symbol: 'first_step', in: { command } };
      const probe = await attached('user_hooks', { count_entered: hook });
      probe.follow();
      await tell(shell, 'printf other > /proc/$$/comm');
      expect(probe.follow()).toContain('it waits for');
      await tell(shell, `${inside}/steps 5 > /dev/null`);
      expect(probe.count('count_entered')).toBe(0);
    });

    test('is counted in one process, whose namespace has the library', async () => {
      const shell = await container();
      const probe = await attached('user_hooks', {
        count_entered: { binary: `${inside}/steps`, symbol: 'first_step', in: { pid: shell.pid! } },
        count_many: { library: 'libc', symbols: 'getppi?', in: { pid: process.pid } },
      });
      expect(probe.follow()).toBeUndefined();
      await tell(shell, `${inside}/steps 5 > /dev/null`);
      expect(probe.count('count_entered')).toBe(5);
    });

    test('a function that the file of the process lacks is named', async () => {
      const shell = await container();
      const hook = { binary: `${inside}/steps`, symbol: 'first_stop', in: { pid: shell.pid! } };
      const probe = await attached('user_hooks', { count_entered: hook });
      expect(probe.follow()).toBe(
        `Cannot attach program "count_entered" (uprobe): "/proc/${shell.pid}/root${inside}/steps" has no function "first_stop", but "first_step"`,
      );
    });
  },
);

describe('interfaces by pattern', needs({ root: true, bpf: true, commands: ['ip', 'tc', 'bash', 'nsenter'] }), () => {
  const pairs: VethPair[] = [];
  afterEach(() => {
    for (const pair of pairs.splice(0)) pair.remove();
  });
  const make = async () => {
    const pair = await VethPair.make();
    pairs.push(pair);
    return pair;
  };

  test.for(['count_xdp', 'count_tcx', 'count_tapped'])('%s follows those that appear and go', async (program) => {
    const probe = await attached('network_hooks', { [program]: { interfaces: [`sb${process.pid}n*`] } });
    expect(probe.follow()).toBe(
      `Program "${program}" (${{ count_xdp: 'xdp', count_tcx: 'tcx/ingress', count_tapped: 'socket' }[program]}) is not attached: it waits for an interface "sb${process.pid}n*"`,
    );
    const first = await make();
    expect(probe.follow()).toBeUndefined();
    first.receive(3, PORT);
    await expect.poll(() => probe.count(program)).toBe(3);
    const second = await make();
    expect(probe.follow()).toBeUndefined();
    second.receive(40, PORT);
    await expect.poll(() => probe.count(program)).toBe(43);
    pairs.shift()!.remove();
    expect(probe.follow()).toBeUndefined();
    second.receive(1, PORT);
    await expect.poll(() => probe.count(program)).toBe(44);
  });

  test('a name besides a pattern must exist', async () => {
    const error = await attached('network_hooks', { count_xdp: { interfaces: ['sbnone*', 'nosuch0'] } }).catch(
      (error) => error,
    );
    expect(error.message).toContain('this host has no network interface "nosuch0"');
  });
});
