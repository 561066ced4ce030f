/** A workload that makes the programs of a probe run, and how often a round repeats it. */
export interface Load {
  readonly title: string;
  readonly count: number;
  readonly workload: string;
  /** Arguments of the workload; `DEVICE` stands for a block device. */
  readonly parameters?: readonly string[];
  /** Whether another process runs the same workload on another CPU meanwhile. */
  readonly isShared?: boolean;
}

export const getppid: Load = { title: 'getppid', workload: 'getppid', count: 400_000 };
const execve: Load = { title: 'execve', workload: 'execs', count: 150 };
const forkAndExit: Load = { title: 'fork and exit', workload: 'exits', count: 600, parameters: ['0'] };

/** The loads of each probe. For most probes, getppid shows the cost of a system call that the probe does not count. */
export const eventLoads: readonly (readonly [probe: string, ...loads: Load[]])[] = [
  [
    'syscalls',
    getppid,
    { ...getppid, title: 'getppid on 2 CPUs', isShared: true },
    { title: 'failing open', workload: 'failing-open', count: 50_000, parameters: ['ENOENT'] },
    { title: 'refused call', workload: 'refused', count: 50_000, parameters: ['EPERM'] },
  ],
  ['syscall_latency', getppid],
  ['execs', getppid, execve],
  ['privileges', forkAndExit, execve],
  ['kernel_changes', getppid],
  ['forks', { title: 'fork', workload: 'forks', count: 600 }],
  ['exits', forkAndExit],
  ['opens', getppid, { title: 'open and close', workload: 'opens', count: 40_000, parameters: ['/dev/null'] }],
  ['reads_writes', getppid, { title: 'write', workload: 'write', count: 200_000, parameters: ['1', '/dev/null'] }],
  ['biolatency', { title: 'block read', workload: 'block', count: 1000, parameters: ['DEVICE', '4096'] }],
  ['runqlat', { title: 'two switches', workload: 'pingpong', count: 10_000 }],
  ['off_cpu', { title: 'two switches', workload: 'pingpong', count: 10_000 }],
  ['tcp', getppid, { title: 'connection', workload: 'tcp', count: 800 }],
];
