import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import type { DecodeContext } from '../../src/decode/context.js';
import { inspectHost } from '../../src/kernel/host.js';
import type { KernelContext } from '../../src/kernel/kernel_context.js';
import { KernelProbe } from '../../src/kernel/kernel_probe.js';
import { findObjectFile, openObject } from '../../src/kernel/object_file.js';
import { SharedHook } from '../../src/kernel/shared_hook.js';
import { bindToObject } from '../../src/probes/binding.js';
import { ownConstants } from '../../src/probes/own_constants.js';
import { withFolder } from '../config/configuration_folder.js';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { Workload } from '../harness/workload.js';

const root = join(import.meta.dirname, '../..');
const probes = readdirSync(join(root, 'config/probes')).map((file) => file.slice(0, -'.yaml'.length));
const logs: string[] = [];
const context: KernelContext = {
  addon,
  host: inspectHost({ proc: '/proc', sys: '/sys' }),
  btfPath: undefined,
  onLog: (_, log) => logs.push(log),
};
const decode: DecodeContext = {
  roots: { root: '/', proc: '/proc', sys: '/sys', etc: '/etc' },
  arch: process.arch,
  kernelEnum: (name) => addon.kernelEnum(name),
  userFunctions: async () => [],
  now: () => performance.now(),
  later: (milliseconds, callback) => setTimeout(callback, milliseconds).unref(),
};

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function load(probe: string, identity: string): Promise<KernelProbe> {
  const main = `probes: [${probe}]\nprobe_path: [${join(root, 'config/probes')}]\nidentity: ${identity}\n`;
  const objectFolder = join(root, 'dist/bpf');
  const { probes } = withFolder({ 'main.yaml': main }, (folder) =>
    loadConfiguration(join(folder, 'main.yaml'), { objectFolder }),
  );
  const path = findObjectFile(probe, probes[0]!.objectCandidates);
  const object = openObject(context, path);
  const { request } = bindToObject(probes[0]!, object, path, decode, ownConstants(context));
  const handlerCallers = SharedHook.all(context);
  const kernel = await KernelProbe.load({ ...context, handlerCallers }, request, object);
  opened.push(kernel);
  expect(object.log()).not.toContain('without BTF');
  return kernel;
}

/** Bytes of the keys without and with a cgroup. */
const keys: readonly (readonly [probe: string, map: string, short: number, full: number])[] = [
  ['opens', 'opens', 16, 24],
  ['opens', 'failures', 24, 32],
  ['execs', 'executions', 24, 32],
  ['forks', 'forks', 24, 32],
  ['exits', 'exits', 24, 32],
  ['exits', 'service_exits', 168, 176],
  ['short_lived', 'short_lived', 40, 48],
  ['syscalls', 'refusals', 32, 40],
  ['cpu_seconds', 'cpu_time', 16, 24],
  ['runqlat', 'command_waits', 16, 24],
  ['off_cpu', 'off_cpu', 24, 32],
  ['blocked_tasks', 'blocked_tasks', 40, 48],
  ['blocked_tasks', 'longest_blocked', 16, 24],
  ['page_cache', 'disk_reads', 24, 32],
  ['biolatency', 'requests', 40, 48],
  ['biolatency', 'failures', 40, 48],
  ['memory_reclaim', 'stalls', 152, 160],
  ['oom_kills', 'kills', 168, 176],
  ['privileges', 'gains', 32, 40],
  ['kernel_changes', 'changes', 88, 96],
  ['packet_drops', 'drops', 24, 32],
  ['reads_writes', 'transfers', 24, 32],
  ['reads_writes', 'file_reads', 16, 24],
  ['tcp', 'opened', 24, 32],
  ['tcp', 'accepted', 16, 24],
  ['tcp', 'accept_waits', 24, 32],
  ['tcp', 'failures', 24, 32],
  ['tcp', 'retransmits', 8, 16],
  ['tcp', 'resets_sent', 8, 16],
  ['tcp', 'resets_received', 8, 16],
  ['tcp_segments', 'segments', 24, 32],
  ['accept_queue', 'drops', 24, 32],
];

describe('identity', needs({ root: true, bpf: true }), () => {
  test.each(keys)('the keys of %s.%s have %i bytes, and %i with a cgroup', async (probe, map, short, full) => {
    for (const [identity, size] of [
      ['[command]', short],
      ['[unit]', full],
      ['[unit, command]', full],
      ['[namespace, pod, container]', full],
    ] as const) {
      expect((await load(probe, identity)).map(map).keySize, identity).toBe(size);
    }
  });

  test.each(probes)('the kernel takes the programs of %s with every identity', async (probe) => {
    for (const identity of ['[command]', '[cgroup]', '[cgroup, command]']) await load(probe, identity);
  });

  test('without a command, no byte of one is in a key', async () => {
    const kernel = await load('opens', '[unit]');
    await kernel.attach();
    const workload = new Workload();
    await workload.perform('--comm', 'gt-nameless', 'opens', 100, '/dev/null');
    await workload.close();
    const { addedKeys, count } = await kernel.map('opens').snapshot();
    expect(count).toBeGreaterThan(0);
    const commands = [...Array(count).keys()].map((i) => Buffer.from(addedKeys).subarray(i * 24, i * 24 + 16));
    expect(Buffer.concat(commands).every((byte) => byte === 0)).toBe(true);
  });

  test('without a cgroup, the memory of a map is that of its shorter keys', async () => {
    const bytesOf = async (identity: string) => {
      const kernel = await load('opens', identity);
      const { execFileSync } = await import('node:child_process');
      const [info] = [
        JSON.parse(
          execFileSync('bpftool', ['-j', 'map', 'show', 'id', String(kernel.map('opens').id)], { encoding: 'utf8' }),
        ),
      ];
      return info.bytes_memlock as number;
    };
    expect(await bytesOf('[command]')).toBeLessThan(await bytesOf('[command, cgroup]'));
  });
});
