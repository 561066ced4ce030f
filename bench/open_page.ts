/**
 * CPU time of the exporter while nobody looks at its page, and while one tab is open: the same requests as of the page's script.
 * Nothing scrapes it meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PACE } from '../src/live/pace.js';
import { ExporterProcess } from './exporter_process.js';
import { figure, printTable, summary } from './numbers.js';

/** @param seconds of each of the two parts, which take turns three times */
export async function openPage(seconds: number): Promise<void> {
  const exporter = await ExporterProcess.start();
  try {
    // Leaves out the cost of the start and of the first reading.
    await exporter.get('/');
    await exporter.get('/live');
    await sleep(2000);
    const shares = { nobody: [] as number[], tab: [] as number[] };
    for (let round = 0; round < 3; round++) {
      shares.nobody.push(await shareOf(exporter, () => sleep(seconds * 1000)));
      shares.tab.push(await shareOf(exporter, () => look(exporter, seconds)));
    }
    const [nobody, tab] = [summary(shares.nobody).median, summary(shares.tab).median];
    printTable(
      [`share of one CPU, ${figure(seconds)} s three times`, '%', 'least and most'],
      [
        ['nobody looks', percent(nobody), shares.nobody.map(percent).sort().join(' ')],
        ['one tab is open', percent(tab), shares.tab.map(percent).sort().join(' ')],
        ['difference', percent(tab - nobody), ''],
      ],
    );
  } finally {
    await exporter.stop();
  }
}

/** Asks as the page does. */
async function look(exporter: ExporterProcess, seconds: number): Promise<void> {
  for (let done = 0; done < seconds * 1000; done += PACE.reading) {
    await exporter.get('/live');
    if (done % PACE.states === 0) await exporter.get('/');
    await sleep(PACE.reading);
  }
}

async function shareOf(exporter: ExporterProcess, act: () => Promise<unknown>): Promise<number> {
  const [cpu, began] = [exporter.cpuSeconds(), performance.now()];
  await act();
  return ((exporter.cpuSeconds() - cpu) / (performance.now() - began)) * 1000;
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}
