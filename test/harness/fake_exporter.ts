import { gzipSync } from 'node:zlib';
import type { GzipWriter } from '../../src/http/compression.js';
import type { Exporter, PageFormat, Snapshot } from '../../src/http/exporter.js';
import type { ProbeStatus } from '../../src/metrics/probe_status.js';
import type { FakeProfiles } from './fake_profiles.js';
import { probeStatus } from './probe_statuses.js';

/** An exporter of plain data. Tests change its fields and read its call counts. */
export class FakeExporter implements Exporter {
  readonly version = { version: '0.1.0', libbpf: '1.1', node: '20.17.0', kernel: '6.1.0-42-amd64' };
  readonly hostName = 'web-1';
  statuses: readonly ProbeStatus[] = [probeStatus()];
  isReady = true;
  profiles: FakeProfiles | undefined;
  isRecording = false;
  scrapes = 0;
  reloads = 0;
  renderings: PageFormat[] = [];
  /** Scrapes wait for this promise. */
  gate: Promise<void> = Promise.resolve();
  /** The chunks of a rendering; by default a comment with the format and the scrape number. */
  body: (format: PageFormat, scrape: number) => AsyncGenerator<Buffer, void, Buffer | undefined> = async function* (
    format,
    scrape,
  ) {
    yield Buffer.from(`# ${format} ${scrape}\n`);
  };
  onReload: () => Promise<void> = async () => {};

  /** The probes that each scrape asked for. */
  readonly filters: (ReadonlySet<string> | undefined)[] = [];

  /** By the timeout of the client. */
  probeDeadline: Exporter['probeDeadline'] = () => 1000;
  /** The deadline of each scrape. */
  readonly deadlines: (number | undefined)[] = [];

  async scrape(probes?: ReadonlySet<string>, deadlineMs?: number): Promise<Snapshot> {
    const scrape = ++this.scrapes;
    this.filters.push(probes);
    this.deadlines.push(deadlineMs);
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

  /** Of zlib, at the end: tests of the server need no addon. */
  gzip(): GzipWriter {
    const chunks: Uint8Array[] = [];
    return {
      add: (chunk) => void chunks.push(Buffer.from(chunk)),
      end: () => gzipSync(Buffer.concat(chunks)),
    };
  }

  async reload(): Promise<void> {
    this.reloads++;
    await this.onReload();
  }

  ready(): boolean {
    return this.isReady;
  }
}
