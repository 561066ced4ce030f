import { describe, expect, it } from 'vitest';
import { type Diagnosis, isHealthy, nextCommand, remediesOf } from '../../../src/commands/doctor/diagnosis.js';
import { report } from '../../../src/commands/doctor/report.js';
import { paintFor } from '../../../src/commands/output/paint.js';

const reason = { code: 'HOOK_MISSING', message: 'Cannot attach it', remedy: 'Mount it' };
const diagnosis: Diagnosis = {
  version: '1.0.0',
  kernel: '6.1.0',
  host: [{ name: 'tracefs', state: 'missing', text: 'not mounted', remedy: 'mount it' }],
  configuration: {
    file: '/proc/config.gz',
    options: [
      { name: 'CONFIG_BPF', use: 'BPF', isRequired: true, value: 'y', isGood: true },
      { name: 'CONFIG_KPROBES', use: 'kprobe', value: 'not set', isGood: false },
    ],
  },
  hooks: [
    { kind: 'raw_tp', use: 'tracepoints', state: 'works' },
    {
      kind: 'kprobe',
      use: 'functions',
      state: 'fails',
      reason: { ...reason, message: 'Cannot attach program "try_kprobe" (kprobe/x): no kprobes:\n  a log' },
    },
  ],
  maps: [
    { type: 'hash', isSupported: true },
    { type: 'cgrp_storage', isSupported: false },
  ],
  probes: [
    { probe: 'opens', summary: 'Files opened.', isConfigured: true, state: 'unsupported', reason },
    { probe: 'off_cpu', summary: 'Waits.', isConfigured: false, state: 'up' },
  ],
  configured: { file: '/etc/santabpf.yaml', faults: [] },
  remedies: [{ for: 'opens', remedy: 'Mount it', isOptional: false }],
  next: 'santabpf',
};

const width = Number.POSITIVE_INFINITY;
const plainStyle = { paint: paintFor({}), width };

describe('the report', () => {
  it('names few of the probes that a remedy is for', () => {
    const remedies = [{ for: 'a, b, c, d, e', remedy: 'Mount it', isOptional: true }];
    expect(report({ ...diagnosis, remedies }, plainStyle, false)).toContain(
      '\nWhat to change\n  a, b, c and 2 more (optional)  Mount it\n',
    );
  });

  it('fits the width of a terminal', () => {
    const probes = [{ ...diagnosis.probes[0]!, reason: { ...reason, message: 'Cannot attach it, '.repeat(8) } }];
    const text = report({ ...diagnosis, probes }, { ...plainStyle, width: 80 }, false);
    const lines = text.slice(text.indexOf('  unsupported  opens')).split('\n').slice(0, 3);
    expect(lines).toEqual([
      '  unsupported  opens  Cannot attach it, Cannot attach it, Cannot attach it,',
      '                      Cannot attach it, Cannot attach it, Cannot attach it,',
      '                      Cannot attach it, Cannot attach it,  [HOOK_MISSING]',
    ]);
  });

  it('has what is wrong, aligned', () => {
    expect(report(diagnosis, plainStyle, false)).toBe(`SantaBPF 1.0.0 on Linux 6.1.0

Host
  missing      tracefs  not mounted

Kernel configuration (/proc/config.gz): 1 of 2 options that BPF uses
  off          CONFIG_KPROBES  not set  kprobe

Hooks, each tried with a program that does nothing
  works        raw_tp  tracepoints
  fails        kprobe  functions: no kprobes

Map types: 1 of 2 that the exporter knows; not cgrp_storage

Probes of /etc/santabpf.yaml, each brought up and ended
  unsupported  opens  Cannot attach it [HOOK_MISSING]

Other shipped probes
  works        off_cpu  Waits.

What to change
  opens  Mount it

Next: santabpf
`);
  });

  it('has what is well too, if that is asked for', () => {
    expect(report(diagnosis, plainStyle, true)).toMatch(/^ {2}ok {11}CONFIG_BPF {6}y {8}BPF$/m);
  });

  it('is coloured on terminals only, and not if the user does not want it', () => {
    const terminal = { isTTY: true };
    expect(report(diagnosis, { paint: paintFor(terminal, {}), width }, false)).toContain(
      '\x1b[32mworks      \x1b[39m  raw_tp',
    );
    expect(report(diagnosis, { paint: paintFor(terminal, { NO_COLOR: '1' }), width }, false)).not.toContain('\x1b');
  });

  it('aligns the further lines of a reason', () => {
    const probes = [{ ...diagnosis.probes[0]!, reason: { ...reason, message: 'No:\n  why' } }];
    expect(report({ ...diagnosis, probes }, plainStyle, false)).toContain(
      '  opens  No:\n                        why [HOOK',
    );
  });
});

describe('the verdict', () => {
  it('depends on the configured probes only', () => {
    expect(isHealthy(diagnosis)).toBe(false);
    const others = diagnosis.probes.map((probe) => ({ ...probe, isConfigured: false }));
    expect(isHealthy({ ...diagnosis, probes: others })).toBe(true);
    expect(isHealthy({ probes: others, configured: { file: 'x', faults: ['broken'] } })).toBe(false);
  });

  it('names each remedy once, with everything it helps', () => {
    const probe = diagnosis.probes[0]!;
    const probes = [
      probe,
      { ...probe, probe: 'execs' },
      { ...probe, probe: 'tcp', isConfigured: false, reason: { ...reason, remedy: 'Other' } },
    ];
    const host = [...diagnosis.host, { name: 'bpffs', state: 'limited', text: '', remedy: 'mount bpf' } as const];
    expect(remediesOf(host, probes)).toEqual([
      { for: 'tracefs', remedy: 'mount it', isOptional: false },
      { for: 'opens, execs', remedy: 'Mount it', isOptional: false },
      { for: 'tcp', remedy: 'Other', isOptional: true },
      { for: 'bpffs', remedy: 'mount bpf', isOptional: true },
    ]);
  });

  it.each([
    [[], [], true, true, 'santabpf'],
    [[], [], false, true, 'santabpf --config.file=x.yaml'],
    [diagnosis.probes, [], true, true, 'santabpf --config.check'],
    [diagnosis.probes, [], false, false, 'sudo santabpf doctor'],
    [[], ['broken'], false, false, 'santabpf --config.check --config.file=x.yaml'],
  ])('%# has a next command', (probes, faults, isDefault, isAble, command) => {
    expect(nextCommand({ probes, configured: { file: 'x.yaml', faults } }, isDefault, isAble)).toBe(command);
  });
});
