import { describe, expect, it } from 'vitest';
import type { AttachSpec } from '../../src/config/attach_schema.js';
import type { ProbeConfiguration } from '../../src/config/configuration.js';
import { Faults } from '../../src/errors/fault.js';
import { attachRequests, hookFaults } from '../../src/probes/hook_checks.js';
import { findTwins } from '../../src/probes/twins.js';

const usdtMaps = new Map([['__bpf_usdt_specs', {}]]);

function configurationOf(programs: object): ProbeConfiguration {
  return { spec: { programs }, locate: () => undefined } as unknown as ProbeConfiguration;
}

function described(name: string, section: string, autoload = true) {
  return { name, section, type: 0, typeName: 'unspec', autoload };
}

/** The refusals of one program. */
function refusals(section: string, settings?: AttachSpec, maps: ReadonlyMap<string, unknown> = usdtMaps) {
  const configuration = configurationOf({ attach: settings === undefined ? {} : { count: settings } });
  return hookFaults(configuration, { programs: [described('count', section)], maps });
}

describe('a program can be attached', () => {
  it.each([
    'tp_btf/sched_switch',
    'raw_tp/sched_switch',
    'raw_tracepoint/sched_switch',
    'tp/sched/sched_switch',
    'tracepoint/sched/sched_switch',
    'kprobe/vfs_read',
    'kretprobe/vfs_read+0x10',
    'kprobe.multi/vfs_*',
    'ksyscall/openat',
    'fentry/vfs_read',
    'fexit.s/vfs_read',
    'fmod_ret/vfs_read',
    'lsm/file_open',
    'iter/task',
    'iter.s/task',
    'syscall',
    'cgroup_skb/egress',
    'cgroup/connect4',
    'cgroup/sock_release',
    'cgroup/getsockname6',
    'cgroup/setsockopt',
    'cgroup/recvmsg_unix',
    'lsm_cgroup/socket_bind',
    'sockops',
    'uprobe//bin/bash:readline',
    'uretprobe.s//bin/bash:readline',
    'uprobe/libc:malloc',
    'uprobe.multi/libc:str*',
    'usdt//usr/bin/python3:python:gc__start',
    'usdt.s//usr/bin/python3:python:gc__start',
  ])('in section %s without settings', (section) => {
    expect(refusals(section)).toEqual([]);
  });

  it.each<[string, AttachSpec]>([
    ['uprobe', { binary: '/bin/bash', symbol: 'readline' }],
    ['uprobe', { library: 'libc', offset: 16, pid: 1 }],
    ['uprobe//bin/bash', { symbol: 'readline' }],
    ['uprobe', { library: 'libssl', symbol: 'SSL_read', in: { command: 'nginx' } }],
    ['usdt', { binary: '/bin/python3', provider: 'python', probe: 'gc__start', in: { pid: 1 } }],
    ['xdp', { interfaces: ['eth*', 'lo'] }],
    ['uretprobe.multi', { library: 'libc', symbols: 'str*' }],
    ['usdt', { binary: '/bin/python3', provider: 'python', probe: 'gc__start' }],
    ['kprobe', { function: 'vfs_read' }],
    ['fentry/dummy', { function: 'vfs_read' }],
    ['fexit', { function: 'vfs_read' }],
    ['ksyscall', { syscall: 'openat' }],
    ['kprobe.multi', { functions: 'vfs_*' }],
    ['perf_event', { event: 'cpu-clock', frequency: 9 }],
    ['anything', { type: 'uprobe', binary: '/bin/bash', symbol: 'readline' }],
    ['kprobe/dummy', { type: 'uprobe', binary: '/bin/bash', symbol: 'readline' }],
    ['xdp', { interfaces: ['lo', 'eth0'], mode: 'generic' }],
    ['tc', { interfaces: ['lo'], direction: 'egress' }],
    ['tc/ingress', { interfaces: ['lo'] }],
    ['tcx/egress', { interfaces: ['lo'] }],
    ['socket', { interfaces: ['lo'] }],
    ['cgroup/connect4', { cgroup: '/sys/fs/cgroup' }],
    ['anything', { skip: true }],
    ['struct_ops/foo', { skip: true }],
  ])('in section %s with %o', (section, settings) => {
    expect(refusals(section, settings)).toEqual([]);
  });

  it('need not be if others call it', () => {
    const programs = [described('count', 'nonsense')];
    expect(hookFaults(configurationOf({}), { programs, maps: usdtMaps, called: new Set(['count']) })).toEqual([]);
  });

  it('need not be if its section leaves it out', () => {
    const programs = [described('count', 'nonsense', false)];
    expect(hookFaults(configurationOf({}), { programs, maps: usdtMaps })).toEqual([]);
    const [fault] = hookFaults(configurationOf({ attach: { count: {} } }), { programs, maps: usdtMaps });
    expect(fault?.code).toBe('PROGRAM_SECTION_UNKNOWN');
  });
});

describe('a program is refused, with the line that helps,', () => {
  it.each<[string, AttachSpec | undefined, string]>([
    ['uprobe', undefined, '{ binary: /usr/bin/bash, symbol: readline }'],
    ['uprobe', { binary: '/bin/bash' }, '{ binary: /usr/bin/bash, symbol: readline }'],
    ['uretprobe//bin/bash', undefined, '{ binary: /usr/bin/bash, symbol: readline }'],
    ['uprobe.multi', { library: 'libc' }, '{ library: libc, symbols: "str*" }'],
    ['usdt', undefined, '{ binary: /usr/bin/python3, provider: python, probe: gc__start }'],
    ['kprobe', undefined, '{ function: vfs_fsync }'],
    ['fentry', undefined, '{ function: vfs_fsync }'],
    ['ksyscall', undefined, '{ syscall: openat }'],
    ['kretprobe.multi', undefined, '{ functions: "vfs_*" }'],
    ['perf_event', undefined, '{ event: cpu-clock, frequency: 99 }'],
    ['xdp', undefined, '{ interfaces: [eth0] }'],
    ['socket', undefined, '{ interfaces: [eth0] }'],
    ['classifier', { interfaces: ['lo'] }, '{ interfaces: [eth0], direction: ingress }'],
    ['tc', { direction: 'egress' }, '{ interfaces: [eth0], direction: ingress }'],
    ['tp', undefined, 'in the section of the program'],
    ['tp/sched', undefined, 'in the section of the program'],
    ['raw_tp', undefined, 'in the section of the program'],
    ['lsm.s', undefined, 'in the section of the program'],
    ['iter', undefined, 'in the section of the program'],
    ['sk_msg', undefined, '{ map: sockets }'],
    ['sk_skb/stream_verdict', undefined, '{ map: sockets }'],
    ['kprobe/dummy', { type: 'uprobe' }, '{ binary: /usr/bin/bash, symbol: readline }'],
  ])('in section %s with %o', (section, settings, help) => {
    const [fault, ...others] = refusals(section, settings);
    expect(others).toEqual([]);
    expect(fault?.code).toBe('HOOK_INCOMPLETE');
    expect(fault?.message).toContain(`Program "count" (${section}) is incomplete: nothing says `);
    expect(fault?.remedy).toContain(help);
  });

  it.each([
    ...[
      'flow_dissector',
      'struct_ops/foo',
      'struct_ops.s',
      'sk_skb',
      'freplace/f',
      'action',
      'netfilter',
      'netkit/peer',
    ],
    ...['xdp/devmap', 'xdp.frags/cpumap', 'xdp_devmap/frames', 'lirc_mode2', 'kprobe.session/vfs_*', 'uprobe.session'],
    ...['sk_lookup', 'sk_lookup/any', 'sk_reuseport', 'sk_reuseport/migrate', 'fsession.s/vfs_read'],
    ...['lwt_in', 'lwt_out', 'lwt_xmit', 'lwt_seg6local'],
  ])('in section %s, which nothing attaches', (section) => {
    const [fault] = refusals(section);
    expect(fault?.code).toBe('PROGRAM_NOT_ATTACHABLE');
    expect(fault?.remedy).toContain('{ attach: { count: { skip: true } } }');
    expect(fault?.message).not.toMatch(/Linux|kernel \d|EOPNOTSUPP/);
  });

  it.each([
    [new Map(), 'the object has no map of sockets "sockets" (sockmap or sockhash)'],
    [new Map([['sockets', { type: 'hash' }]]), 'the object has no map of sockets "sockets" (sockmap or sockhash)'],
    [new Map([['sockets', { type: 'sockmap' }]]), 'nothing adds sockets to map "sockets"'],
  ])('for a map without sockets', (maps, reason) => {
    expect(refusals('sk_msg', { map: 'sockets' }, maps)[0]?.message).toContain(reason);
  });

  it('but not for a map that others fill', () => {
    const maps = new Map([['sockets', { type: 'sockhash' }]]);
    const programs = [described('count', 'sk_msg'), described('add', 'sockops')];
    const configuration = configurationOf({ attach: { count: { map: 'sockets' } } });
    expect(hookFaults(configuration, { programs, maps })).toEqual([]);
    const pinned = { ...configuration, spec: { ...configuration.spec, maps: { sockets: { pin: '/sys/fs/bpf/s' } } } };
    expect(hookFaults(pinned, { programs: programs.slice(0, 1), maps })).toEqual([]);
  });

  it.each(['nonsense/foo', 'cgroup/nonsense', 'kprobes/vfs_read'])('in section %s, which nobody knows', (section) => {
    const [fault] = refusals(section);
    expect(fault?.code).toBe('PROGRAM_SECTION_UNKNOWN');
    expect(fault?.remedy).toContain('type: xdp');
  });

  it('for USDT without the header that reads its arguments', () => {
    expect(refusals('usdt//bin/a:b:c', undefined, new Map())[0]?.message).toContain('<bpf/usdt.bpf.h>');
  });

  it('with settings for another kind', () => {
    const [fault] = refusals('kprobe/vfs_read', { binary: '/bin/bash', symbol: 'readline' });
    expect(fault?.code).toBe('HOOK_SETTING_UNSUITABLE');
    expect(fault?.message).toBe(
      'Setting "binary" does not fit program "count" (kprobe/vfs_read), which is a kprobe program',
    );
    expect(fault?.remedy).toContain('`function`');
    expect(refusals('tp_btf/sched_switch', { function: 'f' })[0]?.remedy).toContain('the section says all');
  });
});

it('perf_events of the probe file are hooks too', () => {
  const sampled = { program: 'count', event: 'cpu-clock', frequency: 9 };
  const configuration = configurationOf({ perfEvents: [sampled] });
  expect(attachRequests(configuration.spec.programs)).toEqual({ count: { event: 'cpu-clock', frequency: 9 } });
  expect(hookFaults(configuration, { programs: [described('count', 'perf_event')], maps: usdtMaps })).toEqual([]);
});

describe('programs for one hook', () => {
  const find = (sections: Readonly<Record<string, string>>, programs: object = {}, called: string[] = []) =>
    findTwins(
      configurationOf(programs),
      Object.entries(sections).map(([name, section]) => described(name, section)),
      called,
    );

  it('replace each other if they are of different kinds', () => {
    const sections = {
      c: 'tp/sched/sched_switch',
      b: 'raw_tp/sched_switch',
      a: 'tp_btf/sched_switch',
      d: 'tp_btf/other',
    };
    expect(find(sections)).toEqual([['a', 'b', 'c']]);
    expect(find({ b: 'kprobe/f', a: 'fentry/f', d: 'kretprobe/f', c: 'fexit/f' })).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('replace each other if the probe file gives them one function', () => {
    const sections = { a: 'fentry/dummy', b: 'kprobe/other' };
    expect(find(sections)).toEqual([]);
    expect(find(sections, { attach: { a: { function: 'f' }, b: { function: 'f' } } })).toEqual([['a', 'b']]);
  });

  it('are left alone if they are of one kind, are listed, skipped or called by others', () => {
    const twins = { a: 'tp_btf/x', b: 'raw_tp/x' };
    expect(find({ a: 'tp_btf/x', b: 'tp_btf/x' })).toEqual([]);
    expect(find(twins, { alternatives: [['b']] })).toEqual([]);
    expect(find(twins, { nested: { a: 'other' } })).toEqual([]);
    expect(find(twins, { attach: { a: { skip: true } } })).toEqual([]);
    expect(find(twins, {}, ['a'])).toEqual([]);
    expect(find({ a: 'kprobe/f', b: 'fentry/f', c: 'kprobe/f+0x4' })).toEqual([['b', 'a']]);
  });

  it('are refused if nothing says which replace each other', () => {
    const sections = { a: 'tp_btf/x', b: 'tp_btf/x', c: 'raw_tp/x' };
    expect(() => find(sections)).toThrow(Faults);
    expect(() => find(sections)).toThrow(/Programs "a", "b", "c" have the same hook "x"/);
    expect(find(sections, { alternatives: [['a', 'c']] })).toEqual([]);
  });
});
