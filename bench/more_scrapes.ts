/** Memory after 50 and 500 scrapes, with and without one malloc arena, compared with a bare Node. */
import { BareServer } from './bare_server.js';
import { anonymousMemory, ExporterProcess } from './exporter_process.js';
import { figure, printTable } from './numbers.js';

const scrapes = [50, 500];

interface Running {
  readonly port: number;
  readonly process: { readonly pid?: number | undefined };
  stop(): Promise<void>;
}

export async function moreScrapes(): Promise<void> {
  printTable(
    ['RssAnon in MB after', ...scrapes.map((count) => `${count} scrapes`)],
    [
      ['node:http alone', ...(await afterScrapes(await BareServer.start()))],
      // As `npm start`, the systemd unit and the container image set it.
      [
        'exporter, default probes',
        ...(await afterScrapes(await ExporterProcess.start({ environment: { MALLOC_ARENA_MAX: '1' } }))),
      ],
      ['without MALLOC_ARENA_MAX=1', ...(await afterScrapes(await ExporterProcess.start({ environment: {} })))],
    ],
  );
}

/** @param running is stopped at the end */
async function afterScrapes(running: Running): Promise<string[]> {
  const results: string[] = [];
  let done = 0;
  for (const count of scrapes) {
    for (; done < count; done++) await (await fetch(`http://127.0.0.1:${running.port}/metrics`)).text();
    results.push(figure(anonymousMemory(running.process.pid!) / 1e6));
  }
  await running.stop();
  return results;
}
