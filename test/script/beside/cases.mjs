/**
 * Scripts that run in bpftrace and in the exporter at the same time, what is done meanwhile, and what both must have counted. Work has a
 * command name of its own, so that other processes do not matter.
 *
 * @typedef {object} Comparison
 * @property {string} what
 * @property {(printed: Printed) => Counted} theirs
 * @property {(samples: readonly Sample[]) => Counted} ours
 * @property {number} [tolerance] relative difference that is right: samples, and times that are measured twice
 *
 * @typedef {number | Record<string, number>} Counted a number, or counts by the largest value of an interval
 * @typedef {import('./bpftrace.mjs').Printed} Printed
 * @typedef {import('./exporter.mjs').Sample} Sample
 *
 * @typedef {object} Case
 * @property {string} name of the probe
 * @property {string} from where the script is from
 * @property {string} [script] what both run
 * @property {string} [tool] file name in a folder of bpftrace's tools, in place of `script`
 * @property {readonly string[]} [parameters] of the script, for bpftrace
 * @property {Record<string, unknown>} [events] of a probe file, for what a script prints
 * @property {boolean} [needsKprobes]
 * @property {readonly (readonly string[])[]} work commands. COMM is the command name of the work, WORKLOAD the workload of the tests with
 *   that name, COPY a copy with that name of the program that follows it, DISK a block device, FILE a path in a file system
 * @property {number} [settle] milliseconds after the work until the script has printed what it counted: some print every second, and clear their
 *   maps at the end without printing them
 * @property {(comm: string, name: string) => readonly Comparison[]} compare
 */
import { sumOf } from '../../virtual_machines/samples.mjs';
import { all, commandOf, histogram, lines, metric, numberOfValues, times, total, unkeyed } from './comparisons.mjs';

const reads = ['WORKLOAD', 'read', '40', '300', '/dev/zero'];
const calls = ['WORKLOAD', 'getppid', '150'];
const blocks = ['WORKLOAD', 'block', '30', 'DISK', '8192'];
const spin = ['WORKLOAD', 'spin', '1500'];

/** @type {readonly Case[]} */
export const cases = [
  // The scripts of bpftrace's biolatency and biostacks, for loop devices only: nobody but the work uses one.
  {
    name: 'biolatency_loop',
    from: 'tools, one device',
    script: `tracepoint:block:block_io_start /args.dev >> 20 == 7/ { @start[args.dev, args.sector] = nsecs; }
      tracepoint:block:block_io_done /args.dev >> 20 == 7 && @start[args.dev, args.sector]/ {
        @usecs = hist((nsecs - @start[args.dev, args.sector]) / 1000); delete(@start, (args.dev, args.sector)); }`,
    work: [blocks, blocks, blocks],
    compare: numberOfValues('usecs'),
  },
  {
    name: 'biostacks_loop',
    from: 'tools, one device',
    script: `tracepoint:block:block_io_start /args.dev >> 20 == 7/ {
        @stack[args.dev, args.sector] = kstack; @start[args.dev, args.sector] = nsecs; }
      tracepoint:block:block_io_done /args.dev >> 20 == 7 && @start[args.dev, args.sector]/ {
        @usecs[@stack[args.dev, args.sector]] = hist((nsecs - @start[args.dev, args.sector]) / 1000);
        delete(@start, (args.dev, args.sector)); delete(@stack, (args.dev, args.sector)); }`,
    work: [blocks, blocks, blocks],
    compare: numberOfValues('usecs'),
  },
  {
    name: 'lesson_3',
    from: 'tutorial',
    script: 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args.filename)); }',
    events: { lines: { printf: 1, labels: { command: 1, file: 2 } } },
    work: [['WORKLOAD', 'opens', '25', 'FILE', 'openat']],
    compare: lines,
  },
  {
    name: 'lesson_4',
    from: 'tutorial',
    script: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
    work: [calls],
    compare: total(),
  },
  {
    name: 'lesson_5',
    from: 'tutorial',
    script: 'tracepoint:syscalls:sys_exit_read /comm == "COMM"/ { @bytes = hist(args.ret); }',
    work: [reads],
    compare: histogram('bytes', unkeyed),
  },
  {
    name: 'lesson_6',
    from: 'tutorial',
    script: 'kretprobe:vfs_read /comm == "COMM"/ { @bytes = lhist(retval, 0, 2000, 200); }',
    needsKprobes: true,
    work: [reads],
    compare: histogram('bytes', unkeyed),
  },
  {
    name: 'lesson_7',
    from: 'tutorial',
    script:
      'kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start, tid); }',
    needsKprobes: true,
    work: [reads],
    compare: times('ns'),
  },
  {
    name: 'lesson_8',
    from: 'tutorial',
    script: 'tracepoint:sched:sched_process_* /comm == "COMM"/ { @[probe] = count(); }',
    work: [['WORKLOAD', 'forks', '20']],
    compare: (_, name) =>
      ['fork', 'exit'].map((event) => {
        const probe = `tracepoint:sched:sched_process_${event}`;
        return {
          what: event,
          theirs: (printed) => printed.numbers.get('@')?.get(probe) ?? 0,
          ours: (samples) => sumOf(samples, `santabpf_${name}_total`, { probe }),
        };
      }),
  },
  {
    name: 'lesson_9',
    from: 'tutorial',
    script: 'profile:hz:99 /comm == "COMM"/ { @[kstack] = count(); }',
    work: [['WORKLOAD', 'spin', '1500', 'kernel']],
    compare: (_, name) => [
      {
        what: 'samples',
        tolerance: 0.15,
        theirs: (printed) => all(printed, '@'),
        ours: (samples) => sumOf(samples, `santabpf_${name}_total`, {}),
      },
    ],
  },
  {
    name: 'lesson_10',
    from: 'tutorial',
    script: 'tracepoint:sched:sched_switch /comm == "COMM"/ { @[kstack] = count(); }',
    work: [['WORKLOAD', 'nanosleep', '30', '1000000']],
    compare: (_, name) => [
      {
        what: 'switches',
        theirs: (printed) => all(printed, '@'),
        ours: (samples) => sumOf(samples, `santabpf_${name}_total`, {}),
      },
    ],
  },
  {
    name: 'lesson_11',
    from: 'tutorial',
    script: 'tracepoint:block:block_rq_issue /comm == "COMM"/ { @ = hist(args.bytes); }',
    work: [blocks],
    compare: histogram('', unkeyed),
  },
  {
    name: 'lesson_12',
    from: 'tutorial',
    script: 'kprobe:vfs_open { printf("%s %s\\n", comm, str(((struct path *)arg0)->dentry->d_name.name)); }',
    needsKprobes: true,
    events: { lines: { printf: 1, labels: { command: 1, file: 2 } } },
    work: [['WORKLOAD', 'opens', '25', 'FILE', 'openat']],
    compare: lines,
  },
  {
    name: 'guide_open',
    from: 'first SantaBPF',
    script: 'tracepoint:syscalls:sys_enter_open { printf("%s %s\\n", comm, str(args->filename)); }',
    events: { lines: { printf: 1, labels: { command: 1, file: 2 } } },
    work: [['WORKLOAD', 'opens', '25', 'FILE', 'open']],
    compare: lines,
  },
  {
    name: 'guide_calls',
    from: 'first SantaBPF',
    script: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
    work: [calls],
    compare: total(),
  },
  {
    name: 'guide_bytes',
    from: 'first SantaBPF',
    script: 'tracepoint:syscalls:sys_exit_read /args->ret/ { @[comm] = sum(args->ret); }',
    work: [reads],
    compare: total(),
  },
  {
    name: 'guide_sizes',
    from: 'first SantaBPF',
    script: 'tracepoint:syscalls:sys_exit_read { @[comm] = hist(args->ret); }',
    work: [reads],
    compare: histogram(),
  },
  {
    name: 'guide_execve',
    from: 'first SantaBPF',
    script: 't:syscalls:sys_enter_execve { printf("[%d] %s ", pid, comm); join(args->argv) }',
    events: commandOf(1, 2),
    work: [['WORKLOAD', 'execs', '12']],
    compare: lines,
  },
  {
    name: 'guide_profile',
    from: 'first SantaBPF',
    script: 'profile:hz:99 { @[pid, comm] = count(); }',
    work: [spin],
    compare: (comm, name) => total()(comm, name).map((comparison) => ({ ...comparison, tolerance: 0.15 })),
  },
  {
    name: 'guide_stacks',
    from: 'first SantaBPF',
    script: 'profile:hz:99 /comm == "COMM"/ { @[kstack()] = count(); }',
    work: [spin],
    compare: (_, name) => [
      {
        what: 'samples',
        tolerance: 0.15,
        theirs: (printed) => all(printed, '@'),
        ours: (samples) => sumOf(samples, `santabpf_${name}_total`, {}),
      },
    ],
  },
  {
    name: 'uprobe',
    from: 'own',
    script: 'uprobe:PROGRAM:end { @[comm] = count(); }',
    work: [calls, calls, calls],
    compare: total(),
  },
  {
    name: 'page_faults',
    from: 'own',
    script: 'software:page-faults:1 { @[comm] = count(); }',
    work: [['WORKLOAD', 'forks', '20']],
    compare: total(),
  },
  {
    name: 'statistics',
    from: 'own',
    script: `tracepoint:syscalls:sys_exit_read /comm == "COMM"/ {
      @all = sum(args.ret); @min = min(args.ret); @max = max(args.ret); @stats = stats(args.ret); @last = args.ret;
      @steps = lhist(args.ret, 0, 1000, 100); @fine = hist(args.ret, 2);
    }`,
    work: [reads, ['WORKLOAD', 'read', '5', '4097', '/dev/zero']],
    compare: (comm, name) => [
      ...['min', 'max', 'last', 'all'].map((map) => ({
        what: map,
        theirs: (/** @type {Printed} */ printed) => all(printed, `@${map}`),
        ours: (/** @type {readonly Sample[]} */ samples) =>
          sumOf(samples, metric(name, map, map === 'all' ? 'total' : ''), {}),
      })),
      {
        what: 'total of stats',
        theirs: (printed) => printed.numbers.get('@stats')?.get('total') ?? 0,
        ours: (samples) => sumOf(samples, metric(name, 'stats', 'total'), {}),
      },
      {
        what: 'count of stats',
        theirs: (printed) => printed.numbers.get('@stats')?.get('count') ?? 0,
        ours: (samples) => sumOf(samples, metric(name, 'stats', 'values_total'), {}),
      },
      ...histogram('steps', unkeyed)(comm, name),
      ...histogram('fine', unkeyed)(comm, name),
    ],
  },
  {
    name: 'fentry',
    from: 'own',
    script: 'fexit:vfs_read /comm == "COMM"/ { @ = hist(retval); @asked = sum(args.count); }',
    needsKprobes: true,
    work: [reads],
    compare: (comm, name) => [
      ...histogram('', unkeyed)(comm, name),
      {
        what: 'sum',
        theirs: (printed) => all(printed, '@asked'),
        ours: (samples) => sumOf(samples, metric(name, 'asked', 'total'), {}),
      },
    ],
  },
];
