/**
 * CPU time of the shipped configuration on an idle machine: of the exporter, scraped every 15 s, and of its programs by the
 * kernel's run statistics.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAddon } from '../src/kernel/load_addon.js';
import { ExporterProcess } from './exporter_process.js';
import { figure, printTable } from './numbers.js';
import { statisticsNs } from './probe_requests.js';
import { root } from './root.js';

const scrapeSeconds = 15;

export async function idle(seconds: number): Promise<void> {
  const addon = loadAddon(join(root, 'build/Release/santabpf.node'));
  const exporter = await ExporterProcess.start();
  // Leaves out the cost of the start and of the first scrape.
  await exporter.get('/metrics');
  await sleep(2000);
  const statistics = new addon.RunStatistics();
  const before = programsOf(exporter.process.pid!);
  const cpuBefore = exporter.cpuSeconds();
  const begin = performance.now();
  for (let done = 0; done < seconds; done += scrapeSeconds) {
    await exporter.get('/metrics');
    await sleep(Math.min(scrapeSeconds, seconds - done) * 1000);
  }
  const elapsed = (performance.now() - begin) / 1000;
  const after = programsOf(exporter.process.pid!);
  const own = exporter.cpuSeconds() - cpuBefore;
  statistics.close();
  await exporter.stop();
  const runs = after.runs - before.runs;
  const programs = Math.max(0, after.nanoseconds - before.nanoseconds - runs * statisticsNs) / 1e9;
  printTable(
    [`share of one CPU, ${figure(elapsed)} s`, '%'],
    [
      ['exporter', percent(own / elapsed)],
      [`its programs (${Math.round(runs / elapsed)} runs/s)`, percent(programs / elapsed)],
      ['together', percent((own + programs) / elapsed)],
    ],
  );
  console.log(`load average ${loadavg().map(figure).join(' ')}`);
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

/** Run time and runs of the programs of a process, from the fdinfo of its descriptors. */
export function programsOf(pid: number): { nanoseconds: number; runs: number } {
  const programs = new Map<string, { nanoseconds: number; runs: number }>();
  const folder = `/proc/${pid}/fdinfo`;
  for (const descriptor of readdirSync(folder)) {
    const fields = new Map(readFileSync(join(folder, descriptor), 'latin1').split('\n').map(field));
    const nanoseconds = fields.get('run_time_ns');
    if (nanoseconds === undefined) continue;
    programs.set(fields.get('prog_id')!, { nanoseconds: Number(nanoseconds), runs: Number(fields.get('run_cnt')) });
  }
  if (programs.size === 0) throw new Error('The exporter has no programs');
  const sum = (of: 'nanoseconds' | 'runs') => [...programs.values()].reduce((total, program) => total + program[of], 0);
  return { nanoseconds: sum('nanoseconds'), runs: sum('runs') };
}

function field(line: string): [name: string, value: string] {
  const [name = '', value = ''] = line.split(':');
  return [name, value.trim()];
}
