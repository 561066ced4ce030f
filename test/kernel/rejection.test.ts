import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/kernel/host.js';
import { usefulLines } from '../../src/kernel/log_lines.js';
import { blamedProgram, explainAttachFailure, explainLoadFailure } from '../../src/kernel/rejection.js';

const host: Host = {
  kernelRelease: '6.1.0',
  pid: 1,
  pidNamespace: 0,
  possibleCpus: 2,
  pageBytes: 4096,
  privileged: true,
  seesModules: true,
  btf: { file: '/sys/kernel/btf/vmlinux', isUsual: true },
  hasTracefs: false,
  isConfidential: false,
  cgroupController: undefined,
};

const verifierLog = `libbpf: prog 'count': BPF program load failed: Invalid argument
libbpf: prog 'count': -- BEGIN PROG LOAD LOG --
0: R1=ctx(off=0,imm=0) R10=fp0
; int count(struct pt_regs *ctx)
0: (79) r1 = *(u64 *)(r1 +0)
func 'sys_exit' doesn't have 3-th argument
invalid bpf_context access off=16 size=8
processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
-- END PROG LOAD LOG --
libbpf: prog 'count': failed to load: -22
libbpf: failed to load object 'x'`;

describe('a rejected load', () => {
  it.each([
    [
      "libbpf: couldn't reuse pinned map at '/sys/fs/bpf/x': parameter mismatch\nlibbpf: map 'x': error reusing pinned map\n",
      'another map is pinned there, which has another type or other sizes',
    ],
    [
      "libbpf: specified path /tmp/x is not on BPF FS\nlibbpf: map 'x': failed to auto-pin at '/sys/fs/bpf/x': -22\n",
      'this folder is not in a BPF file system (`mount -t bpf bpf /sys/fs/bpf` mounts one)',
    ],
    ["libbpf: map 'x': failed to auto-pin at '/sys/fs/bpf/x': -13\n", 'the answer is EACCES'],
  ])('names the map that cannot be pinned: %s', (log, problem) => {
    const error = explainLoadFailure({ code: 'EACCES', operation: 'load object', log }, 'x', host);
    expect(error.message).toBe(`Cannot pin map "x" at "/sys/fs/bpf/x": ${problem}`);
  });

  it('names the program, keeps the useful lines and drops the frame', () => {
    const error = explainLoadFailure({ code: 'EINVAL', operation: 'load object', log: verifierLog }, 'x', host);
    expect(error.code).toBe('PROGRAM_REJECTED');
    expect(error.message).toContain('program "count"');
    expect(error.message).toContain("func 'sys_exit' doesn't have 3-th argument");
    expect(error.message).toContain('invalid bpf_context access off=16 size=8');
    expect(error.message).not.toMatch(/processed|failed to load object|BEGIN PROG/);
  });

  it.each([
    ['; @n = @a[0] @ reads.yaml:7', 'reads.yaml:7, `@n = @a[0]`'],
    ['; @n = @a[0]', '`@n = @a[0]`'],
    [`; ${'x'.repeat(200)}`, `\`${'x'.repeat(120)}…\``],
  ])('names the line of the source that the verifier was at: %s', (line, place) => {
    const log = verifierLog.replace('invalid bpf', `${line}\n1: (79) r1 = 0\ninvalid bpf`);
    const error = explainLoadFailure({ code: 'EINVAL', operation: 'load object', log }, 'x', host);
    expect(error.message).toContain(`rejects program "count" (EINVAL) at ${place}:\n`);
  });

  it('shows at most twelve lines, the last ones', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
    expect(usefulLines(lines).split('\n')).toHaveLength(12);
    expect(usefulLines(lines)).toContain('line 99');
  });

  it('with EPERM and without a verifier log is blamed on a policy of the host', () => {
    const log =
      "libbpf: prog 'deny': BPF program load failed: Operation not permitted\nlibbpf: permission error while running as root; try raising 'ulimit -l'?";
    const error = explainLoadFailure({ code: 'EPERM', operation: 'load object', log }, 'x', host);
    expect(error.code).toBe('PROGRAM_FORBIDDEN');
    expect(error.message).not.toContain('ulimit');
  });

  it('with EPERM is blamed on a policy of the host even if the verifier says that it processed nothing', () => {
    const log = `libbpf: prog 'deny': BPF program load failed: Operation not permitted
libbpf: prog 'deny': -- BEGIN PROG LOAD LOG --
processed 0 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
-- END PROG LOAD LOG --
libbpf: prog 'deny': failed to load: -1`;
    expect(explainLoadFailure({ code: 'EPERM', operation: 'load object', log }, 'x', host).code).toBe(
      'PROGRAM_FORBIDDEN',
    );
    const rejected = log.replace('processed 0', 'R1 is a pointer, which is not allowed\nprocessed 9');
    expect(explainLoadFailure({ code: 'EPERM', operation: 'load object', log: rejected }, 'x', host).code).toBe(
      'PROGRAM_REJECTED',
    );
  });

  it('names the hook that the kernel lacks', () => {
    const log = "libbpf: prog 'gone': failed to find kernel BTF type ID of 'no_such_tracepoint': -3";
    const error = explainLoadFailure({ code: 'ESRCH', operation: 'load object', log }, 'x', host);
    expect(error.code).toBe('HOOK_MISSING');
    expect(error.message).toBe(
      'Cannot attach program "gone" (no_such_tracepoint): the BTF of Linux 6.1.0 has no such function, tracepoint or iterator',
    );
    expect(blamedProgram(log)).toBe('gone');
    const messageIn = (section: string) => {
      const failure = { code: 'ESRCH', operation: 'load object', log };
      return explainLoadFailure(failure, 'x', host, undefined, new Map([['gone', section]])).message;
    };
    expect(messageIn('tp_btf/no_such_tracepoint')).toContain('program "gone" (tp_btf/no_such_tracepoint):');
    expect(messageIn('fentry/placeholder')).toContain('program "gone" (no_such_tracepoint):');
  });

  it.each([
    "libbpf: permission error while running as root; try raising 'ulimit -l'? current value: 8192 KiB",
    "libbpf: Error in bpf_object__probe_loading():Out of memory(12). Couldn't load trivial BPF program. Make sure your kernel supports BPF (CONFIG_BPF_SYSCALL=y) and/or that RLIMIT_MEMLOCK is set to big enough value.",
  ])("never repeats libbpf's guess at RLIMIT_MEMLOCK", (log) => {
    const error = explainLoadFailure({ code: 'ENOMEM', operation: 'load object', log }, 'x', host);
    expect(error.code).toBe('LOAD_FAILED');
    expect(error.message).not.toMatch(/RLIMIT_MEMLOCK|ulimit|big enough/);
  });

  it('names the failed operation if no program is to blame', () => {
    const log = "libbpf: map 'huge': failed to create: Cannot allocate memory(-12)";
    const error = explainLoadFailure({ code: 'ENOMEM', operation: 'load object', log }, 'x', host);
    expect(error.code).toBe('LOAD_FAILED');
    expect(error.message).toContain("map 'huge'");
  });
});

describe('a load that failed because of the host', () => {
  const trivial =
    "libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program.";
  const noBtf = 'libbpf: failed to find valid kernel BTF\nlibbpf: Error loading vmlinux BTF: -3';
  const noTarget = 'libbpf: failed to parse target BTF: -2';
  it.each([
    ['KERNEL_NO_PRIVILEGE', { ...host, privileged: false }, 'EPERM', trivial, undefined],
    ['KERNEL_FORBIDS_BPF', host, 'EPERM', trivial, undefined],
    ['KERNEL_NO_BTF', { ...host, btf: undefined }, 'ESRCH', noBtf, undefined],
    ['KERNEL_NO_BTF', { ...host, btf: undefined }, 'ESRCH', noBtf, '/some.btf'],
    ['KERNEL_BTF_FILE', host, 'ENOENT', noTarget, '/some.btf'],
    ['LOAD_FAILED', host, 'ESRCH', noBtf, undefined],
  ] as const)('is %s', (code, where, errno, log, btfPath) => {
    const error = explainLoadFailure({ code: errno, operation: 'load object', log }, 'x', where, btfPath);
    expect(error.code).toBe(code);
  });
});

describe('on a host whose lockdown is confidentiality', () => {
  const confidential = { ...host, isConfidential: true };
  const hidden = (line: string) => verifierLog.replace("func 'sys_exit' doesn't have 3-th argument", line);

  it.each([
    'unknown func bpf_probe_read_kernel#113',
    'program of this type cannot use helper bpf_probe_read_kernel_str#115',
    'unknown func bpf_probe_read#4',
  ])('a program that cannot read kernel memory is unsupported: %s', (line) => {
    const rejected = { code: 'EINVAL', operation: 'load object', log: hidden(line) };
    const error = explainLoadFailure(rejected, 'x', confidential);
    expect(error.message).toBe('Kernel lockdown (confidentiality) forbids program "count" to read kernel memory');
    expect([error.code, error.isUnsupported]).toEqual(['KERNEL_LOCKDOWN', true]);
    expect(explainLoadFailure(rejected, 'x', host).code).toBe('PROGRAM_REJECTED');
  });

  it('a program that the verifier rejects for another reason is down', () => {
    const error = explainLoadFailure({ code: 'EINVAL', operation: 'load object', log: verifierLog }, 'x', confidential);
    expect([error.code, error.isUnsupported]).toEqual(['PROGRAM_REJECTED', false]);
  });

  it('EPERM is from lockdown', () => {
    const log = "libbpf: prog 'deny': BPF program load failed: Operation not permitted";
    const load = explainLoadFailure({ code: 'EPERM', operation: 'load object', log }, 'x', confidential);
    expect(load.message).toBe('Kernel lockdown (confidentiality) forbids program "deny" to be loaded');
    const attach = explainAttachFailure(
      { code: 'EPERM', operation: 'attach program', log: '' },
      'p',
      'kprobe/do_exit',
      confidential,
    );
    expect(attach.message).toBe('Kernel lockdown (confidentiality) forbids program "p" to be attached');
  });
});

describe('a failed attach', () => {
  const failure = { code: 'ENOENT', operation: 'attach program', log: '' };
  it.each([
    ['tracepoint/syscalls/sys_enter_openat', 'tracefs is not mounted'],
    ['kprobe/do_unlinkat', 'Linux 6.1.0 has no such function, or was built without kprobes'],
    ['raw_tp/nothing', 'Linux 6.1.0 has no such hook'],
  ])('of %s: %s', (section, why) => {
    const error = explainAttachFailure(failure, 'p', section, host);
    expect(error.code).toBe('HOOK_MISSING');
    expect(error.message).toBe(`Cannot attach program "p" (${section}): ${why}`);
  });

  it('with any other errno says which', () => {
    const error = explainAttachFailure({ ...failure, code: 'EBUSY' }, 'p', 'fentry/do_exit', host);
    expect(error.code).toBe('ATTACH_FAILED');
    expect(error.message).toBe('Cannot attach program "p" (fentry/do_exit): Linux 6.1.0 answers EBUSY');
  });

  it.each(['EOPNOTSUPP', 'ENOTSUPP'])('with %s is about the kind of program', (code) => {
    const error = explainAttachFailure({ ...failure, code }, 'p', 'kprobe.multi/do_*', host);
    expect(error.isUnsupported).toBe(true);
    expect(error.message).toContain('Linux 6.1.0 does not support programs of this kind');
  });

  it.each([
    ['5.10.0', 'kretprobe.multi/do_*', 'HOOK_MISSING'],
    ['5.17.9', 'kprobe.multi/do_*', 'HOOK_MISSING'],
    ['5.18.0', 'kprobe.multi/do_*', 'ATTACH_FAILED'],
    ['5.10.0', 'kprobe/do_exit', 'ATTACH_FAILED'],
  ])('with EINVAL on %s for %s: %s', (kernelRelease, section, code) => {
    const refused = { ...failure, code: 'EINVAL' };
    expect(explainAttachFailure(refused, 'p', section, { ...host, kernelRelease }).code).toBe(code);
  });

  it.each([
    ['5.13.9', 'syscall', 'HOOK_MISSING'],
    ['5.14.0', 'syscall', 'PROGRAM_REJECTED'],
    ['5.10.0', 'raw_tp/sys_enter', 'PROGRAM_REJECTED'],
    ['5.17.0', 'xdp.frags', 'HOOK_MISSING'],
    ['5.19.0', 'xdp.frags', 'PROGRAM_REJECTED'],
    ['5.19.0', 'lsm_cgroup/socket_bind', 'HOOK_MISSING'],
    ['6.1.0', 'cgroup/connect_unix', 'HOOK_MISSING'],
    ['6.1.0', 'cgroup/connect4', 'PROGRAM_REJECTED'],
  ])('with EINVAL at the load on %s for %s: %s', (kernelRelease, section, code) => {
    const log = "libbpf: prog 'begin': BPF program load failed: Invalid argument\n";
    const refused = { code: 'EINVAL', operation: 'load object', log };
    const sections = new Map([['begin', section]]);
    expect(explainLoadFailure(refused, 'x', { ...host, kernelRelease }, undefined, sections).code).toBe(code);
  });

  it('names the privilege that is missing', () => {
    const refused = { ...failure, code: 'EACCES' };
    const error = explainAttachFailure(refused, 'p', 'perf_event', { ...host, privileged: false });
    expect(error.code).toBe('KERNEL_NO_PRIVILEGE');
  });

  it('names the setting that forbids perf events', () => {
    const refused = { ...failure, code: 'EACCES' };
    const error = explainAttachFailure(refused, 'sample', 'perf_event', { ...host, seesModules: false });
    expect(error.code).toBe('PERF_EVENTS_FORBIDDEN');
    expect(error.remedy).toContain('kernel.perf_event_paranoid');
  });
});
