/** The options of the kernel's configuration that BPF needs. */
import type { KernelConfiguration } from './kernel_configuration.js';

export interface WantedOption {
  readonly name: string;
  /** What does not work without it. */
  readonly use: string;
  /** Nothing works without it. */
  readonly isRequired?: true;
  /** Whether the option is a restriction: `ok` is then that it is not set. */
  readonly isRestriction?: true;
}

/** An option with its value here: `not set` if it is absent. */
export interface FoundOption extends WantedOption {
  readonly value: string;
  readonly isGood: boolean;
}

const wanted: readonly WantedOption[] = [
  { name: 'CONFIG_BPF', use: 'BPF', isRequired: true },
  { name: 'CONFIG_BPF_SYSCALL', use: 'loading BPF programs', isRequired: true },
  { name: 'CONFIG_BPF_JIT', use: 'BPF programs as machine code; fentry, fexit, lsm' },
  { name: 'CONFIG_BPF_JIT_ALWAYS_ON', use: 'never interpreting programs' },
  { name: 'CONFIG_HAVE_EBPF_JIT', use: 'a compiler for this architecture' },
  { name: 'CONFIG_BPF_EVENTS', use: 'programs on tracepoints, kprobes, uprobes and perf events', isRequired: true },
  { name: 'CONFIG_DEBUG_INFO_BTF', use: 'the types of this kernel; every shipped probe', isRequired: true },
  { name: 'CONFIG_DEBUG_INFO_BTF_MODULES', use: 'the types of kernel modules' },
  { name: 'CONFIG_PERF_EVENTS', use: 'perf events: the probe `profile`' },
  { name: 'CONFIG_TRACEPOINTS', use: 'tracepoints' },
  { name: 'CONFIG_FTRACE', use: 'the tracing subsystem' },
  { name: 'CONFIG_FTRACE_SYSCALLS', use: 'a tracepoint for each system call' },
  { name: 'CONFIG_FUNCTION_TRACER', use: 'fentry, fexit, kprobe.multi' },
  { name: 'CONFIG_DYNAMIC_FTRACE', use: 'fentry, fexit, kprobe.multi' },
  { name: 'CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS', use: 'fentry, fexit' },
  { name: 'CONFIG_KPROBES', use: 'kprobe, kretprobe, ksyscall' },
  { name: 'CONFIG_KPROBE_EVENTS', use: 'kprobe, kretprobe' },
  { name: 'CONFIG_KPROBES_ON_FTRACE', use: 'cheaper kprobes' },
  { name: 'CONFIG_FPROBE', use: 'kprobe.multi (since Linux 5.18)' },
  { name: 'CONFIG_UPROBES', use: 'uprobe, uretprobe, USDT' },
  { name: 'CONFIG_UPROBE_EVENTS', use: 'uprobe, uretprobe, USDT' },
  { name: 'CONFIG_BPF_KPROBE_OVERRIDE', use: 'changing what a function returns (no shipped probe does)' },
  { name: 'CONFIG_FUNCTION_ERROR_INJECTION', use: 'fmod_ret on functions other than LSM hooks' },
  { name: 'CONFIG_BPF_LSM', use: 'lsm' },
  { name: 'CONFIG_CGROUPS', use: 'names of cgroups, units and containers' },
  { name: 'CONFIG_CGROUP_BPF', use: 'cgroup_skb, sockops and other programs of cgroups' },
  { name: 'CONFIG_NET_CLS_BPF', use: 'tc' },
  { name: 'CONFIG_NET_CLS_ACT', use: 'tc' },
  { name: 'CONFIG_NET_ACT_BPF', use: 'tc actions' },
  { name: 'CONFIG_NET_SCH_INGRESS', use: 'tc on packets that arrive' },
  { name: 'CONFIG_XDP_SOCKETS', use: 'XDP sockets (no shipped probe needs them)' },
  { name: 'CONFIG_BPF_STREAM_PARSER', use: 'programs for maps of sockets' },
  { name: 'CONFIG_LWTUNNEL_BPF', use: 'programs of tunnels (no shipped probe)' },
  { name: 'CONFIG_NETFILTER_BPF_LINK', use: 'netfilter programs (no shipped probe)' },
  { name: 'CONFIG_KALLSYMS', use: 'names of kernel functions' },
  { name: 'CONFIG_KALLSYMS_ALL', use: 'names of kernel variables' },
  { name: 'CONFIG_STACKTRACE', use: 'kernel stacks' },
  { name: 'CONFIG_UNWINDER_FRAME_POINTER', use: 'cheap kernel stacks (CONFIG_UNWINDER_ORC works as well)' },
  { name: 'CONFIG_SCHEDSTATS', use: 'waits of the scheduler in /proc' },
  { name: 'CONFIG_TASK_DELAY_ACCT', use: 'delays of tasks' },
  { name: 'CONFIG_PSI', use: 'pressure figures in /proc/pressure' },
  { name: 'CONFIG_IKCONFIG_PROC', use: '/proc/config.gz, for this table' },
  { name: 'CONFIG_IKHEADERS', use: 'kernel headers for bcc; SantaBPF needs none' },
  { name: 'CONFIG_BPF_UNPRIV_DEFAULT_OFF', use: 'BPF only for privileged users, which is safer' },
  {
    name: 'CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY',
    use: 'forbids programs to read kernel memory',
    isRestriction: true,
  },
];

/** The wanted options with their values in a configuration. */
export function checkOptions({ options }: KernelConfiguration): FoundOption[] {
  return wanted.map((option) => {
    const value = options.get(option.name);
    return { ...option, value: value ?? 'not set', isGood: (value !== undefined) !== (option.isRestriction ?? false) };
  });
}
