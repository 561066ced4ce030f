import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Share of all CPUs above which a machine is not quiet: times and throughput then show the other work. */
export const mostOthers = 0.1;

/** CPU time of the whole machine since boot, without idle time, in seconds. */
export function busySeconds(): number {
  const [, fields = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1')) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = fields.split(' ').map(Number);
  // In clock ticks, 100 per second.
  return (user + nice + system + irq + softIrq + steal) / 100;
}

/** Share of all CPUs that is in use now, while this process only waits. */
export async function busyShare(seconds: number): Promise<number> {
  const before = busySeconds();
  const begin = performance.now();
  await sleep(seconds * 1000);
  return (busySeconds() - before) / (((performance.now() - begin) / 1000) * cpus().length);
}
