import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { checkOptions } from '../../../src/commands/doctor/configuration_options.js';
import { hostFindings } from '../../../src/commands/doctor/host_findings.js';
import { readKernelConfiguration } from '../../../src/commands/doctor/kernel_configuration.js';
import { inspectHost } from '../../../src/kernel/host.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

let hosts = 0;

/** Findings of a host with these files, by name. */
function findings(files: Readonly<Record<string, string>>, architecture = 'x64') {
  const root = join(folder, String(hosts++));
  const roots = { proc: join(root, 'proc'), sys: join(root, 'sys') };
  for (const [name, text] of Object.entries({ 'proc/sys/kernel/osrelease': '6.1.0', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const all = hostFindings(inspectHost(roots), roots, architecture);
  return Object.fromEntries(all.map((finding) => [finding.name, finding]));
}

const status = (mask: string) => ({ 'proc/self/status': `Name:\tnode\nCapEff:\t${mask}\n` });
const ofRoot = status('000001ffffffffff');
const ofService = status('000000c000000000');

describe('what the host offers', () => {
  it('is well on a usual host', () => {
    const found = findings({
      ...ofRoot,
      'sys/kernel/btf/vmlinux': 'x',
      'sys/module/x': '',
      'sys/kernel/tracing/events/x': '',
      'proc/mounts': 'bpf /sys/fs/bpf bpf rw 0 0\n',
      'sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
      'sys/kernel/security/lsm': 'lockdown,bpf',
      'proc/sys/kernel/perf_event_paranoid': '3',
      'proc/sys/kernel/unprivileged_bpf_disabled': '2',
      'proc/sys/net/core/bpf_jit_enable': '1',
    });
    expect(Object.values(found).map(({ name, state }) => `${name} ${state}`)).toEqual(
      Object.keys(found).map((name) => `${name} ok`),
    );
  });

  it.each([
    ['kernel', { 'proc/sys/kernel/osrelease': '5.4.0-1-amd64' }, 'missing', 'Linux 5.4.0-1-amd64', '5.10 or newer'],
    ['privilege', status('0'), 'missing', 'none of the capabilities', 'CAP_BPF and CAP_PERFMON'],
    ['privilege', ofService, 'limited', 'CAP_PERFMON CAP_BPF;', 'CAP_SYS_ADMIN'],
    ['BTF', {}, 'missing', 'no /sys/kernel/btf/vmlinux', '--bpf.btf-file'],
    ['tracefs', {}, 'missing', 'not mounted', 'mount -t tracefs'],
    ['bpffs', {}, 'limited', 'not mounted', 'mount -t bpf'],
    [
      'lockdown',
      { 'sys/kernel/security/lockdown': 'none integrity [confidentiality]' },
      'missing',
      'confid',
      'integrity',
    ],
    ['perf_event_paranoid', { ...ofService, 'proc/sys/kernel/perf_event_paranoid': '3' }, 'limited', '3: ', 'sysctl'],
    ['perf_event_paranoid', {}, 'unknown', 'no perf events', undefined],
    ['unprivileged_bpf_disabled', { 'proc/sys/kernel/unprivileged_bpf_disabled': '0' }, 'limited', '0: any', 'sysctl'],
    ['JIT compiler', { 'proc/sys/net/core/bpf_jit_enable': '0' }, 'limited', 'off', 'sysctl'],
    ['LSM', { 'sys/kernel/security/lsm': 'lockdown,yama' }, 'limited', 'without bpf', 'lsm=lockdown,yama,bpf'],
  ] as const)('%s of %j is %s', (name, files, state, text, remedy) => {
    const found = findings(files)[name]!;
    expect(found).toMatchObject({ state, text: expect.stringContaining(text) });
    if (remedy === undefined) expect(found.remedy).toBeUndefined();
    else expect(found.remedy).toContain(remedy);
  });

  it('needs a machine that programs are built for', () => {
    expect(findings({}, 'riscv64').kernel).toMatchObject({ state: 'missing' });
  });
});

describe('the kernel configuration', () => {
  it('is read from the first file that is there, also a compressed one', () => {
    const file = join(folder, 'config.gz');
    writeFileSync(file, gzipSync('# a comment\nCONFIG_BPF=y\nCONFIG_NET_CLS_BPF=m\n# CONFIG_KPROBES is not set\n'));
    const configuration = readKernelConfiguration([join(folder, 'nothing'), file])!;
    expect(configuration.file).toBe(file);
    const options = checkOptions(configuration);
    const value = (name: string) => options.find((option) => option.name === name);
    expect(value('CONFIG_BPF')).toMatchObject({ value: 'y', isGood: true, isRequired: true });
    expect(value('CONFIG_NET_CLS_BPF')).toMatchObject({ value: 'm', isGood: true });
    expect(value('CONFIG_KPROBES')).toMatchObject({ value: 'not set', isGood: false });
    // A restriction is good if it is not set.
    expect(value('CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY')).toMatchObject({ isGood: true });
  });

  it.each([
    ['no file', undefined],
    ['a file that is not compressed, though its name says so', 'text'],
  ])('is unknown with %s', (_, text) => {
    const file = join(folder, 'broken.gz');
    if (text !== undefined) writeFileSync(file, text);
    expect(readKernelConfiguration([file])).toBeUndefined();
  });
});
