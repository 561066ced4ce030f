/** Which kinds of hooks this kernel takes: each is tried with a program that does nothing. */
import { join } from 'node:path';
import { SantaError } from '../../errors/fault.js';
import type { KernelContext } from '../../kernel/kernel_context.js';
import { KernelProbe } from '../../kernel/kernel_probe.js';
import type { AttachRequest } from '../../kernel/load_request.js';
import { openObject } from '../../kernel/object_file.js';

/** A kind of hook, and what came of trying it. */
export interface HookTrial {
  readonly kind: string;
  /** What a program of this kind is for. */
  readonly use: string;
  /** `loads`: the program was loaded, and not attached, because that would touch network traffic. */
  readonly state: 'works' | 'loads' | 'fails';
  readonly reason?: { readonly code: string; readonly message: string; readonly remedy: string };
}

interface Trial {
  readonly kind: string;
  readonly program: string;
  readonly use: string;
  readonly attach?: AttachRequest;
  readonly isOnlyLoaded?: true;
}

/** The binary of this process has a function `main`, whatever else this host has. */
const ownCode = { binary: process.execPath, symbol: 'main' } as const;

const trials: readonly Trial[] = [
  { kind: 'raw_tp', program: 'try_raw_tp', use: 'tracepoints with raw arguments' },
  { kind: 'tp_btf', program: 'try_tp_btf', use: 'tracepoints with typed arguments' },
  { kind: 'tracepoint', program: 'try_tracepoint', use: 'tracepoints by their fields' },
  { kind: 'fentry', program: 'try_fentry', use: 'kernel functions, when they begin' },
  { kind: 'fexit', program: 'try_fexit', use: 'kernel functions, when they end' },
  { kind: 'fmod_ret', program: 'try_fmod_ret', use: 'kernel functions whose result may be changed' },
  { kind: 'kprobe', program: 'try_kprobe', use: 'kernel functions, older and dearer than fentry' },
  { kind: 'kretprobe', program: 'try_kretprobe', use: 'the same when they end' },
  { kind: 'kprobe.multi', program: 'try_kprobe_multi', use: 'many kernel functions at once' },
  { kind: 'ksyscall', program: 'try_ksyscall', use: 'one system call' },
  { kind: 'uprobe', program: 'try_uprobe', use: 'functions of programs and libraries; USDT', attach: ownCode },
  { kind: 'uretprobe', program: 'try_uretprobe', use: 'the same when they end', attach: ownCode },
  {
    kind: 'uprobe.multi',
    program: 'try_uprobe_multi',
    use: 'many of these at once',
    attach: { binary: process.execPath, symbols: 'main' },
  },
  {
    kind: 'perf_event, software',
    program: 'try_perf_software',
    use: 'samples by the clock, page faults',
    attach: { event: 'cpu-clock', frequency: 1 },
  },
  {
    kind: 'perf_event, hardware',
    program: 'try_perf_hardware',
    use: 'samples by CPU cycles, cache misses',
    attach: { event: 'cycles', period: 1_000_000_000 },
  },
  { kind: 'iter', program: 'try_iter', use: 'what there is now: tasks, sockets, files' },
  { kind: 'syscall', program: 'try_syscall', use: 'programs that the exporter runs itself' },
  { kind: 'lsm', program: 'try_lsm', use: 'decisions of security modules' },
  { kind: 'xdp', program: 'try_xdp', use: 'packets, first thing', isOnlyLoaded: true },
  { kind: 'tc', program: 'try_tc', use: 'packets that arrive and leave', isOnlyLoaded: true },
  { kind: 'socket', program: 'try_socket', use: 'copies of packets', isOnlyLoaded: true },
  { kind: 'cgroup_skb', program: 'try_cgroup_skb', use: 'packets of a cgroup', isOnlyLoaded: true },
  { kind: 'sockops', program: 'try_sockops', use: 'connections of a cgroup', isOnlyLoaded: true },
];

const probe = 'doctor';

/**
 * Loads and attaches one program after the other, and releases each at once. Does not reject.
 * @param objectFolder with `hook_kinds.bpf.o`
 */
export async function tryHooks(context: KernelContext, objectFolder: string): Promise<HookTrial[]> {
  const object = join(objectFolder, 'hook_kinds.bpf.o');
  const results: HookTrial[] = [];
  for (const trial of trials) results.push(await tryHook(context, object, trial));
  return results;
}

async function tryHook(context: KernelContext, path: string, trial: Trial): Promise<HookTrial> {
  const { kind, use, program, attach = {}, isOnlyLoaded } = trial;
  const others = trials.flatMap((each) => (each.program === program ? [] : [[each.program, { skip: true }] as const]));
  let loaded: KernelProbe | undefined;
  try {
    const request = {
      probe,
      object: path,
      alternatives: [],
      attach: { ...Object.fromEntries(others), [program]: attach },
      iterators: [],
      maxEntries: {},
      constants: [],
    };
    loaded = await KernelProbe.load(context, request, openObject(context, path));
    if (!isOnlyLoaded) await loaded.attach();
    return { kind, use, state: isOnlyLoaded ? 'loads' : 'works' };
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    const { code, message, remedy } = error;
    return { kind, use, state: 'fails', reason: { code, message, remedy } };
  } finally {
    loaded?.close();
  }
}
