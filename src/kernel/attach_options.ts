/** What `BpfObject.attach()` and `attachPerfEvent()` of `addon.ts` take. */

/** The perf event that a perf_event program samples, in the numbers of `struct perf_event_attr`. */
export interface PerfEvent {
  /** `PERF_TYPE_*`. */
  readonly type: number;
  /** `PERF_COUNT_*` of that type. */
  readonly config: number;
  /** Samples per second; exactly one of `frequency` and `period` is given. */
  readonly frequency?: number;
  /** Events per sample. */
  readonly period?: number;
}

/** Where to attach a program, if its section does not say that. */
export type AttachOptions =
  /** `over`: the map whose entries an iterator `iter/bpf_map_elem` visits. */
  | { readonly hook?: undefined; readonly over?: string }
  | KernelFunctionHook
  | UserCodeHook
  | InterfaceHook
  | CgroupHook;

type KernelFunctionHook =
  | { readonly hook: 'kprobe' | 'kretprobe'; readonly function: string }
  | { readonly hook: 'ksyscall' | 'kretsyscall'; readonly syscall: string }
  /** `functions`: at least one name. */
  | { readonly hook: 'kprobe.multi' | 'kretprobe.multi'; readonly functions: readonly string[] };

/** `path`: a program or library. `pid`: only in this process; all by default. */
type UserCodeHook = { readonly path: string; readonly pid?: number | undefined } & (
  | { readonly hook: 'uprobe' | 'uretprobe'; readonly offset: number }
  | { readonly hook: 'uprobe.multi' | 'uretprobe.multi'; readonly offsets: readonly number[] }
  | { readonly hook: 'usdt'; readonly provider: string; readonly probe: string }
);

/** `interface`: the name of a network interface. */
type InterfaceHook = {
  readonly interface: string;
} /** By default `native`, or `generic` if the driver cannot do that. */ & (
  | { readonly hook: 'xdp'; readonly mode?: 'native' | 'generic' | undefined }
  /** `tc` is `tcx` where the kernel has it and nobody has filters of traffic control, and otherwise the last filter. */
  | { readonly hook: 'tc' | 'tcx'; readonly direction: 'ingress' | 'egress' }
  | { readonly hook: 'socket' }
);

/** `path`: the folder of a cgroup. */
type CgroupHook = { readonly hook: 'cgroup'; readonly path: string };
