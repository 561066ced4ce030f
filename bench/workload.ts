import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { workloadProgram } from './compiled.js';
import type { Load } from './event_loads.js';

/** A repetition count that no round reaches. */
const ENDLESS = 1e12;

let compiled: string | undefined;
function program(): string {
  compiled ??= workloadProgram();
  return compiled;
}

/** Runs a load pinned to one CPU. @returns nanoseconds of all repetitions */
export async function runWorkload({ workload, count, parameters = [], isShared = false }: Load): Promise<number> {
  // Pinned, because switches between CPUs are not a cost of the probe.
  const pinned = (cpu: number, times: number) => ['-c', String(cpu), program(), workload, String(times), ...parameters];
  const other = isShared ? spawn('taskset', pinned(0, ENDLESS), { stdio: 'ignore' }) : undefined;
  const ended = other && new Promise((resolve) => other.once('close', resolve));
  try {
    if (other) await sleep(50);
    const result = execFileSync('taskset', pinned(1, count), { encoding: 'utf8' });
    return (JSON.parse(result) as { nanoseconds: number }).nanoseconds;
  } finally {
    other?.kill('SIGKILL');
    await ended;
  }
}

/** Keeps a CPU busy in user space. */
export function spin(milliseconds: number): void {
  execFileSync(program(), ['spin', String(milliseconds)], { stdio: 'ignore' });
}
