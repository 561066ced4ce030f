import type { Format } from '../../src/exposition/format.js';
import type { Exporter, Snapshot } from '../../src/http/exporter.js';
import type { ProbeStatus } from '../../src/metrics/probe_status.js';
import { probeStatus } from './probe_statuses.js';

/** An exporter of plain data. A test changes its fields, and reads how often it was asked. */
export class FakeExporter implements Exporter {
  readonly version = { version: '0.1.0', libbpf: '1.1', node: '20.17.0', kernel: '6.1.0-42-amd64' };
  statuses: readonly ProbeStatus[] = [probeStatus()];
  isReady = true;
  scrapes = 0;
  reloads = 0;
  renderings: Format[] = [];
  /** What a scrape waits for. */
  gate: Promise<void> = Promise.resolve();
  /** What a rendering yields; by default a comment with the number of the scrape. */
  body: (format: Format, scrape: number) => AsyncIterable<Buffer> = async function* (format, scrape) {
    yield Buffer.from(`# ${format} ${scrape}\n`);
  };
  onReload: () => Promise<void> = async () => {};

  async scrape(): Promise<Snapshot> {
    const scrape = ++this.scrapes;
    await this.gate;
    return {
      render: (format) => {
        this.renderings.push(format);
        return this.body(format, scrape);
      },
    };
  }

  probes(): readonly ProbeStatus[] {
    return this.statuses;
  }

  async reload(): Promise<void> {
    this.reloads++;
    await this.onReload();
  }

  ready(): boolean {
    return this.isReady;
  }
}
