/**
 * What the flight recorder costs while every CPU is busy: CPU time of the programs by the kernel's run statistics, and of the exporter
 * with its helper, in turn with the same exporter without the recorder.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAddon } from '../src/kernel/load_addon.js';
import { end, launch } from './children.js';
import { workloadProgram } from './compiled.js';
import { ExporterProcess } from './exporter_process.js';
import { programsOf } from './idle.js';
import { printTable } from './numbers.js';
import { statisticsNs } from './probe_requests.js';
import { root } from './root.js';

/** Shares of one CPU. */
interface Cost {
  readonly exporter: number;
  readonly kernel: number;
}

/** @param seconds of each of the two measurements */
export async function flightRecorder(seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-recorder-bench-'));
  const busy = Array.from({ length: availableParallelism() }, () =>
    launch(workloadProgram(), ['spin', String(1e9)], { stdio: 'ignore' }),
  );
  try {
    const off = await measure(seconds, folder, false);
    const on = await measure(seconds, folder, true);
    printTable(
      [`share of one CPU, ${availableParallelism()} busy CPUs, ${seconds} s`, '%'],
      [
        ['without: exporter', percent(off.exporter)],
        ['without: programs', percent(off.kernel)],
        ['with: exporter and its helper', percent(on.exporter)],
        ['with: programs', percent(on.kernel)],
        ['the flight recorder', percent(on.exporter - off.exporter + on.kernel - off.kernel)],
      ],
    );
  } finally {
    await Promise.all(busy.map((one) => end(one, 'SIGKILL')));
    rmSync(folder, { recursive: true });
  }
}

async function measure(seconds: number, folder: string, isOn: boolean): Promise<Cost> {
  const configFile = join(folder, 'main.yaml');
  const recorder = isOn ? { flight_recorder: { path: join(folder, 'state') } } : {};
  const main = { probes: ['profile'], probe_path: [join(root, 'config/probes')], budget: 'none', ...recorder };
  writeFileSync(configFile, JSON.stringify(main));
  const exporter = await ExporterProcess.start({ configFile });
  const pid = exporter.process.pid!;
  const statistics = new (loadAddon(join(root, 'build/Release/santabpf.node')).RunStatistics)();
  try {
    // The symbols of what runs are read once.
    await sleep(20_000);
    const [cpu, before] = [cpuOf(pid), programsOf(pid)];
    await sleep(seconds * 1000);
    const [cpuAfter, after] = [cpuOf(pid), programsOf(pid)];
    const nanoseconds = after.nanoseconds - before.nanoseconds - (after.runs - before.runs) * statisticsNs;
    return { exporter: (cpuAfter - cpu) / seconds, kernel: nanoseconds / 1e9 / seconds };
  } finally {
    statistics.close();
    await exporter.stop();
  }
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

/** CPU seconds of a process and its children, in clock ticks of 10 ms. */
function cpuOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  // Its own time, and that of children that have ended.
  const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
  return ticks / 100 + children.reduce((sum, child) => sum + cpuOf(Number(child)), 0);
}
