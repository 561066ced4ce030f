import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { btfToUse, inspectHost, seesAllTasks, unsuitability } from '../../src/kernel/host.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'santabpf-host-'));
  mkdirSync(join(root, 'proc/self'), { recursive: true });
  mkdirSync(join(root, 'proc/sys/kernel'), { recursive: true });
  mkdirSync(join(root, 'sys/kernel/btf'), { recursive: true });
  writeFileSync(join(root, 'proc/sys/kernel/osrelease'), '6.1.0-test\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const roots = () => ({ proc: join(root, 'proc'), sys: join(root, 'sys') });
const pageBytesOfMachine = () => Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
const capabilities = (mask: string) => writeFileSync(join(root, 'proc/self/status'), `Name:\tnode\nCapEff:\t${mask}\n`);

describe('inspectHost', () => {
  it.each([
    ['000001ffffffffff', true, 'everything'],
    ['0000000000200000', true, 'CAP_SYS_ADMIN alone'],
    ['000000c000000000', true, 'CAP_BPF and CAP_PERFMON'],
    ['0000008000000000', false, 'CAP_BPF alone'],
    ['0000000000000000', false, 'nothing'],
  ])('CapEff %s → privileged %s (%s)', (mask, privileged) => {
    capabilities(mask);
    expect(inspectHost(roots()).privileged).toBe(privileged);
  });

  it('reads the page size, or assumes the usual one', () => {
    capabilities('0');
    expect(inspectHost(roots()).pageBytes).toBe(4096);
    const pairs = [33n, 0x7ffd_0000n, 6n, 65_536n, 0n, 0n];
    writeFileSync(join(root, 'proc/self/auxv'), new Uint8Array(BigUint64Array.from(pairs).buffer));
    expect(inspectHost(roots()).pageBytes).toBe(65_536);
    writeFileSync(join(root, 'proc/self/auxv'), 'short');
    expect(inspectHost(roots()).pageBytes).toBe(4096);
    expect(inspectHost({ proc: '/proc', sys: '/sys' }).pageBytes).toBe(pageBytesOfMachine());
  });

  it('counts the possible CPUs, and assumes one where sysfs does not tell', () => {
    capabilities('0');
    expect(inspectHost(roots()).possibleCpus).toBe(1);
    mkdirSync(join(root, 'sys/devices/system/cpu'), { recursive: true });
    writeFileSync(join(root, 'sys/devices/system/cpu/possible'), '0-255\n');
    expect(inspectHost(roots()).possibleCpus).toBe(256);
  });

  it('names tasks outside of cgroup v2 by a controller of v1, if there is one', () => {
    capabilities('0');
    expect(inspectHost(roots()).cgroupController).toBeUndefined();
    const table = (memory: number, pids: number) =>
      `#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t${memory}\t9\t1\npids\t${pids}\t5\t1\n`;
    for (const [memory, pids, expected] of [
      [4, 8, 'memory'],
      [0, 8, 'pids'],
      [0, 0, undefined],
    ] as const) {
      writeFileSync(join(root, 'proc/cgroups'), table(memory, pids));
      expect(inspectHost(roots()).cgroupController).toBe(expected);
    }
  });

  it('finds BTF and tracefs', () => {
    capabilities('0');
    expect(inspectHost(roots())).toMatchObject({ btf: undefined, hasTracefs: false, kernelRelease: '6.1.0-test' });
    writeFileSync(join(root, 'sys/kernel/btf/vmlinux'), '');
    mkdirSync(join(root, 'sys/kernel/tracing/events'), { recursive: true });
    expect(inspectHost(roots())).toMatchObject({ btf: { isUsual: true }, hasTracefs: true });
  });
});

describe('lockdown', () => {
  const lockdown = (folder: string, modes: string) => {
    mkdirSync(join(root, folder, 'kernel/security'), { recursive: true });
    writeFileSync(join(root, folder, 'kernel/security/lockdown'), `${modes}\n`);
  };

  it.each([
    ['[none] integrity confidentiality', false],
    ['none [integrity] confidentiality', false],
    ['none integrity [confidentiality]', true],
  ])('%s', (modes, isConfidential) => {
    lockdown('sys', modes);
    expect(inspectHost(roots()).isConfidential).toBe(isConfidential);
  });

  it('is read where a container has the sysfs of the host', () => {
    expect(inspectHost(roots()).isConfidential).toBe(false);
    lockdown('host/sys', 'none integrity [confidentiality]');
    expect(inspectHost(roots(), join(root, 'host/sys')).isConfidential).toBe(true);
  });
});

describe('seesAllTasks', () => {
  it.each([
    ['pid:[4026531836]', true],
    ['pid:[4026532567]', false],
    [undefined, true],
  ])('in %s: %s', (namespace, sees) => {
    capabilities('0');
    mkdirSync(join(root, 'proc/self/ns'));
    if (namespace) symlinkSync(namespace, join(root, 'proc/self/ns/pid'));
    expect(seesAllTasks(inspectHost(roots()))).toBe(sees);
  });
});

describe('unsuitability', () => {
  it('names the first missing requirement, and nothing on a suitable host', () => {
    capabilities('0');
    expect(unsuitability(inspectHost(roots()))?.code).toBe('KERNEL_NO_PRIVILEGE');
    capabilities('ffffffffff');
    expect(unsuitability(inspectHost(roots()))?.code).toBe('KERNEL_NO_BTF');
    expect(unsuitability(inspectHost(roots()), '/some.btf')).toBeUndefined();
    writeFileSync(join(root, 'sys/kernel/btf/vmlinux'), '');
    expect(unsuitability(inspectHost(roots()))).toBeUndefined();
  });
});

describe('btfToUse', () => {
  it("is the file of the user, or the kernel's file if libbpf may not read the BTF of modules", () => {
    writeFileSync(join(root, 'sys/kernel/btf/vmlinux'), '');
    capabilities('0000000000200000');
    expect(btfToUse(inspectHost(roots()), undefined)).toBeUndefined();
    capabilities('000000c000000000');
    expect(btfToUse(inspectHost(roots()), undefined)).toBe(join(root, 'sys/kernel/btf/vmlinux'));
    expect(btfToUse(inspectHost(roots()), '/given.btf')).toBe('/given.btf');
    rmSync(join(root, 'sys/kernel/btf/vmlinux'));
    expect(btfToUse(inspectHost(roots()), undefined)).toBeUndefined();
  });

  it('is the file in the sysfs of the host if that of the process has none', () => {
    const hostSys = join(root, 'host/sys');
    mkdirSync(join(hostSys, 'kernel/btf'), { recursive: true });
    writeFileSync(join(hostSys, 'kernel/btf/vmlinux'), '');
    capabilities('0000000000200000');
    expect(btfToUse(inspectHost(roots(), hostSys), undefined)).toBe(join(hostSys, 'kernel/btf/vmlinux'));
    expect(unsuitability(inspectHost(roots(), hostSys))).toBeUndefined();
    writeFileSync(join(root, 'sys/kernel/btf/vmlinux'), '');
    expect(btfToUse(inspectHost(roots(), hostSys), undefined)).toBeUndefined();
  });
});
