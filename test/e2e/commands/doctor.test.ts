import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../src/commands/doctor/diagnosis.js';
import { configFor, mainFile, shippedProbePath } from '../../harness/exporter.js';
import { repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';
import { exporterOf, Scrape } from '../probes.js';

const shipped = readdirSync(shippedProbePath).map((file) => file.slice(0, -'.yaml'.length));
const fewCapabilities = ['setpriv', '--bounding-set=-all,+bpf,+perfmon', '--inh-caps=-all'];

function diagnosisOf(wrapper: readonly string[] = []): Diagnosis & { status: number | null } {
  const [command, ...words] = [...wrapper, process.execPath, mainFile, 'doctor', '--json'];
  const { stdout, status } = spawnSync(command!, words, { encoding: 'utf8', timeout: 60_000 });
  return { ...(JSON.parse(stdout) as Diagnosis), status };
}

describe('santabpf doctor', needs({ root: true, bpf: true, commands: ['setpriv', 'unshare'] }), () => {
  it.each([
    ['as root', []],
    ['with CAP_BPF and CAP_PERFMON alone', fewCapabilities],
  ])('agrees with what the exporter then says of every shipped probe, %s', async (_, wrapper) => {
    const { probes, status } = diagnosisOf(wrapper);
    const exporter = await exporterOf({ config: configFor(...shipped), wrapper });
    const states = (await Scrape.of(exporter)).states();
    expect(new Map(probes.map(({ probe, state }) => [probe, state]))).toEqual(states);
    expect(states.size).toBe(shipped.length);
    const isWell = probes.every(({ isConfigured, state }) => !isConfigured || state === 'up');
    expect(status).toBe(isWell ? 0 : 1);
  });

  it('tries each kind of hook: with tracefs, classic tracepoints work too', () => {
    const state = ({ hooks }: Diagnosis, kind: string) => hooks.find((hook) => hook.kind === kind)?.state;
    const mounted = diagnosisOf(['unshare', '-m', 'sh', '-c', 'mount -t tracefs t /sys/kernel/tracing; "$0" "$@"']);
    expect(mounted.host).toContainEqual(expect.objectContaining({ name: 'tracefs', state: 'ok' }));
    expect(state(mounted, 'tracepoint')).toBe('works');
    const bare = diagnosisOf(['unshare', '-m', 'sh', '-c', 'mount -t tmpfs t /sys/kernel; "$0" "$@"']);
    expect(bare.host).toContainEqual(expect.objectContaining({ name: 'tracefs', state: 'missing' }));
    expect(state(bare, 'tracepoint')).toBe('fails');
    expect(bare.remedies).toContainEqual(
      expect.objectContaining({ for: 'tracefs', remedy: 'mount -t tracefs tracefs /sys/kernel/tracing' }),
    );
    // That mount also hides the BTF: no probe can run.
    expect(bare.probes.map(({ reason }) => reason?.code)).toEqual(shipped.map(() => 'KERNEL_NO_BTF'));
    expect(bare.status).toBe(1);
  });

  it('says what a user without privileges needs, and ends with the next command', () => {
    const { stdout, stderr, status } = santabpf(['doctor'], 65534);
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
    expect(stdout).toMatch(/^ {2}missing +privilege /m);
    expect(stdout).toMatch(/^ {2}down +syscalls +This process lacks the privilege .*\[KERNEL_NO_PRIVILEGE\]$/m);
    expect(stdout).toMatch(/What to change\n {2}privilege +Run as root/);
    expect(stdout).toMatch(/\nNext: sudo santabpf doctor\n$/);
    expect(stdout).not.toContain('\x1b');
  });

  it('reports the faults of the configuration, and tries the shipped probes all the same', () => {
    const file = join(repository, 'test/e2e/commands/nothing.yaml');
    const { stdout, status } = santabpf(['doctor', `--config.file=${file}`]);
    expect(status).toBe(1);
    expect(stdout).toContain(`Cannot read configuration file "${file}": it does not exist [CONFIG_UNREADABLE]`);
    expect(stdout).toMatch(/Other shipped probes\n {2}works +accept_queue|Other shipped probes\n {2}\w+ +syscalls/);
    expect(stdout).toMatch(new RegExp(`\nNext: santabpf --config.check --config.file=${file}\n$`));
  });
});
