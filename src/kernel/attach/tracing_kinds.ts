import type { AttachRequest, AttachSetting } from '../load_request.js';
import type { Kind, Missing } from './kinds.js';

const KPROBE = 2;
const PERF_EVENT = 7;
const BPF_TRACE_KPROBE_MULTI = 42;
const BPF_TRACE_UPROBE_MULTI = 48;

const userCode: readonly AttachSetting[] = ['binary', 'library', 'pid', 'in'];

function kernelFunction(target: string | undefined, { function: name }: AttachRequest): Missing | undefined {
  if (target !== undefined || name !== undefined) return undefined;
  return { what: 'which function of the kernel it is attached to', example: '{ function: vfs_fsync }' };
}

function kernelFunctions(target: string | undefined, { functions }: AttachRequest): Missing | undefined {
  if (target !== undefined || functions !== undefined) return undefined;
  return { what: 'which functions of the kernel it is attached to', example: '{ functions: "vfs_*" }' };
}

function systemCall(target: string | undefined, { syscall }: AttachRequest): Missing | undefined {
  if (target !== undefined || syscall !== undefined) return undefined;
  return { what: 'which system call it is attached to', example: '{ syscall: openat }' };
}

function userFunction(target: string | undefined, settings: AttachRequest): Missing | undefined {
  const { binary, library, symbol, offset } = settings;
  const isPlace = symbol !== undefined || offset !== undefined;
  if (target?.includes(':') || ((binary ?? library ?? target) !== undefined && isPlace)) return undefined;
  return {
    what: 'which function of which binary it is attached to',
    example: '{ binary: /usr/bin/bash, symbol: readline }',
  };
}

function userFunctions(target: string | undefined, { binary, library, symbols }: AttachRequest): Missing | undefined {
  if (target?.includes(':') || ((binary ?? library ?? target) !== undefined && symbols !== undefined)) return undefined;
  return { what: 'which functions of which binary it is attached to', example: '{ library: libc, symbols: "str*" }' };
}

function userProbe(target: string | undefined, { binary, library, provider }: AttachRequest): Missing | undefined {
  const isNamed = (target?.split(':').length ?? 0) > 2;
  if (isNamed || ((binary ?? library ?? target) !== undefined && provider !== undefined)) return undefined;
  return {
    what: 'which USDT probe of which binary it is attached to',
    example: '{ binary: /usr/bin/python3, provider: python, probe: gc__start }',
  };
}

function classicTracepoint(target: string | undefined): Missing | undefined {
  if (target?.includes('/')) return undefined;
  return { what: 'the category and the name of its tracepoint, as in tp/sched/sched_switch', example: '' };
}

/** What only the section can say. */
function inSection(what: string) {
  return (target: string | undefined): Missing | undefined =>
    target === undefined ? { what, example: '' } : undefined;
}

const tracepoint = inSection('its tracepoint');

function sampledEvent(_: string | undefined, { event }: AttachRequest): Missing | undefined {
  if (event !== undefined) return undefined;
  return { what: 'which event it samples', example: '{ event: cpu-clock, frequency: 99 }' };
}

/** Everything that watches code. */
export const tracingKinds: readonly Kind[] = [
  {
    name: 'tracepoint',
    section: /^(?:tp|tracepoint)(?:\/(?<target>.+))?$/,
    family: 'section',
    settings: [],
    missing: classicTracepoint,
  },
  {
    name: 'raw_tp',
    section: /^raw_(?:tp|tracepoint)(?:\.w)?(?:\/(?<target>.+))?$/,
    family: 'section',
    settings: [],
    missing: tracepoint,
  },
  { name: 'tp_btf', section: /^tp_btf(?:\/(?<target>.+))?$/, family: 'section', settings: [], missing: tracepoint },
  {
    name: 'iter',
    section: /^iter(?:\.s)?(?:\/(?<target>.+))?$/,
    family: 'section',
    settings: [],
    missing: inSection('which objects of the kernel it visits, as in iter/task'),
  },
  {
    name: 'lsm',
    section: /^lsm(?:\.s)?(?:\/(?<target>.+))?$/,
    family: 'section',
    settings: [],
    missing: inSection('which decision it sees, as in lsm/file_open'),
  },
  ...(['fentry', 'fexit', 'fmod_ret'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name}(?:\\.s)?(?:/(?<target>.+))?$`),
    family: 'kernel_function' as const,
    settings: ['function' as const],
    missing: kernelFunction,
  })),
  ...(['kprobe', 'kretprobe'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name}(?:/(?<target>.+))?$`),
    family: 'kernel_function' as const,
    settings: ['function' as const],
    numbers: { type: KPROBE, attachType: 0 },
    missing: kernelFunction,
  })),
  ...(['ksyscall', 'kretsyscall'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name}(?:/(?<target>.+))?$`),
    family: 'kernel_function' as const,
    settings: ['syscall' as const],
    numbers: { type: KPROBE, attachType: 0 },
    missing: systemCall,
  })),
  ...(['kprobe.multi', 'kretprobe.multi'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name.replace('.', '\\.')}(?:/(?<target>.+))?$`),
    family: 'kernel_function' as const,
    settings: ['functions' as const],
    numbers: { type: KPROBE, attachType: BPF_TRACE_KPROBE_MULTI },
    missing: kernelFunctions,
  })),
  ...(['uprobe', 'uretprobe'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name}(?:\\.s)?(?:/(?<target>.+))?$`),
    family: 'user_code' as const,
    settings: [...userCode, 'symbol' as const, 'offset' as const],
    numbers: { type: KPROBE, attachType: 0 },
    missing: userFunction,
  })),
  ...(['uprobe.multi', 'uretprobe.multi'] as const).map((name) => ({
    name,
    section: new RegExp(`^${name.replace('.', '\\.')}(?:\\.s)?(?:/(?<target>.+))?$`),
    family: 'user_code' as const,
    settings: [...userCode, 'symbols' as const],
    numbers: { type: KPROBE, attachType: BPF_TRACE_UPROBE_MULTI },
    missing: userFunctions,
  })),
  {
    name: 'usdt',
    section: /^usdt(?:\.s)?(?:\/(?<target>.+))?$/,
    family: 'user_code',
    settings: [...userCode, 'provider', 'probe'],
    numbers: { type: KPROBE, attachType: 0 },
    missing: userProbe,
  },
  {
    name: 'perf_event',
    section: /^perf_event(?:\/.*)?$/,
    family: 'perf_event',
    settings: ['event', 'frequency', 'period'],
    numbers: { type: PERF_EVENT, attachType: 0 },
    missing: sampledEvent,
  },
  { name: 'syscall', section: /^syscall$/, family: 'section', settings: [] },
  {
    name: 'session',
    section: /^(?:kprobe\.session|uprobe\.session(?:\.s)?|fsession(?:\.s)?)(?:\/.*)?$/,
    family: 'unsuitable',
    settings: [],
    reason: 'it runs at the entry and at the return of a function, and this exporter attaches a program to one of them',
  },
  {
    name: 'freplace',
    section: /^freplace(?:\/.*)?$/,
    family: 'unsuitable',
    settings: [],
    reason: 'it replaces a function of another program',
  },
  {
    name: 'struct_ops',
    section: /^struct_ops(?:\.s)?(?:\/.*)?$/,
    family: 'unsuitable',
    settings: [],
    reason: 'it implements part of the kernel, such as a congestion control, instead of watching it',
  },
];
