import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { PageFormat } from '../../src/http/exporter.js';
import { ScrapeSharing, type SharedScrape } from '../../src/http/scrape_sharing.js';
import { FakeExporter } from '../harness/fake_exporter.js';
import { gate } from '../harness/waiting.js';

async function readAll({ ready, reader }: SharedScrape): Promise<Buffer> {
  await ready;
  const chunks: Buffer[] = [];
  for await (const chunk of reader.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes that the bodies of a sharing keep. */
class Kept {
  bytes = 0;

  add(bytes: number): void {
    this.bytes += bytes;
  }
}

const sharingOf = (exporter: FakeExporter) => new ScrapeSharing(exporter, new Kept());

const ticks = () => new Promise((resolve) => setImmediate(resolve));

describe('ScrapeSharing', () => {
  it('shares a read with scrapes that arrive during it, and renders each format once', async () => {
    const exporter = new FakeExporter();
    const { promise, open } = gate();
    exporter.gate = promise;
    const sharing = sharingOf(exporter);
    const first = sharing.scrape('text', 'identity');
    await ticks();
    const others = [
      sharing.scrape('text', 'identity'),
      sharing.scrape('openmetrics', 'identity'),
      sharing.scrape('text', 'gzip'),
      sharing.scrape('openmetrics', 'gzip'),
    ];
    open();
    const [text, textToo, openmetrics, textGzip, openmetricsGzip] = await Promise.all([first, ...others].map(readAll));
    expect(exporter.scrapes).toBe(1);
    expect(exporter.renderings.sort()).toEqual(['openmetrics', 'text']);
    expect(text!.toString()).toBe('# text 1\n');
    expect(textToo).toEqual(text);
    expect(openmetrics!.toString()).toBe('# openmetrics 1\n');
    expect(gunzipSync(textGzip!)).toEqual(text);
    expect(gunzipSync(openmetricsGzip!)).toEqual(openmetrics);
  });

  it('reads apart for scrapes with other deadlines: nobody shortens that of another', async () => {
    const exporter = new FakeExporter();
    const sharing = sharingOf(exporter);
    const hasty = sharing.scrape('text', 'identity', undefined, 100);
    const others = [1000, 1000].map((deadline) => sharing.scrape('text', 'identity', undefined, deadline));
    await Promise.all([hasty, ...others].map(readAll));
    expect(exporter.deadlines).toEqual([100, 1000]);
  });

  it('reads again for a scrape that arrives after the read, once rendering has ended', async () => {
    const exporter = new FakeExporter();
    const { promise, open } = gate();
    let rendering = 0;
    exporter.body = async function* (format: PageFormat, scrape: number) {
      rendering++;
      yield Buffer.from(`${format} `);
      await promise;
      yield Buffer.from(`${scrape}`);
      rendering--;
    };
    const scrape = exporter.scrape.bind(exporter);
    exporter.scrape = async () => {
      expect(rendering).toBe(0);
      return await scrape();
    };
    const sharing = sharingOf(exporter);
    const first = sharing.scrape('text', 'gzip');
    await first.ready;
    const late = [sharing.scrape('text', 'identity'), sharing.scrape('text', 'identity')];
    await ticks();
    expect(exporter.scrapes).toBe(1);
    open();
    expect(gunzipSync(await readAll(first)).toString()).toBe('text 1');
    expect((await Promise.all(late.map(readAll))).map(String)).toEqual(['text 2', 'text 2']);
    expect(exporter.scrapes).toBe(2);
    expect((await readAll(sharing.scrape('text', 'identity'))).toString()).toBe('text 3');
  });

  it('gives chunks back that nobody but gzip reads', async () => {
    const exporter = new FakeExporter();
    let reused = 0;
    exporter.body = async function* () {
      let chunk = Buffer.alloc(1000);
      for (let index = 0; index < 10; index++) {
        chunk.fill(String(index));
        const spare = yield chunk;
        if (spare === chunk) reused++;
        else chunk = Buffer.alloc(1000);
      }
    };
    const sharing = sharingOf(exporter);
    const whole = Array.from({ length: 10 }, (_, index) => String(index).repeat(1000)).join('');
    expect(gunzipSync(await readAll(sharing.scrape('text', 'gzip'))).toString()).toBe(whole);
    expect(reused).toBe(10);
    const both = [sharing.scrape('text', 'identity'), sharing.scrape('text', 'gzip')];
    const [plain, small] = await Promise.all(both.map(readAll));
    expect([plain!.toString(), gunzipSync(small!).toString()]).toEqual([whole, whole]);
    expect(reused).toBe(10);
  });

  it('keeps nothing of a body that cannot be compressed', async () => {
    const exporter = new FakeExporter();
    exporter.gzip = () => {
      const fail = () => {
        throw new Error('no memory');
      };
      return { add: fail, end: fail };
    };
    const kept = new Kept();
    const sharing = new ScrapeSharing(exporter, kept);
    const [plain, small] = [sharing.scrape('text', 'identity'), sharing.scrape('text', 'gzip')];
    const [text, failed] = await Promise.allSettled([readAll(plain), readAll(small)]);
    expect(text).toMatchObject({ status: 'fulfilled', value: Buffer.from('# text 1\n') });
    expect(failed).toMatchObject({ status: 'rejected', reason: new Error('no memory') });
    expect(kept.bytes).toBe(0);
  });

  it('keeps of each body what its slowest reader has not released, and delays nobody', async () => {
    const exporter = new FakeExporter();
    exporter.body = async function* () {
      for (let index = 0; index < 10; index++) yield Buffer.alloc(100, String(index));
    };
    const kept = new Kept();
    const sharing = new ScrapeSharing(exporter, kept);
    const slow = sharing.scrape('text', 'identity');
    const slower = sharing.scrape('text', 'identity');
    const abandoned = sharing.scrape('text', 'identity');
    const given = sharing.scrape('openmetrics', 'gzip');
    given.reader.leave();
    await slow.ready;
    expect((await readAll(sharing.scrape('text', 'identity'))).length).toBe(1000);
    expect([slow.isNewest(), kept.bytes]).toEqual([false, 1000]);
    for (let taken = 0; taken < 3; taken++) await slow.reader.take();
    slow.reader.release();
    expect(kept.bytes).toBe(1000);
    await abandoned.reader.take();
    abandoned.reader.leave();
    for (let taken = 0; taken < 2; taken++) await slower.reader.take();
    slower.reader.release();
    expect(kept.bytes).toBe(900);
    slower.reader.leave();
    slow.reader.release();
    expect(kept.bytes).toBe(800);
    slow.reader.leave();
    expect(kept.bytes).toBe(0);
    expect(await slow.reader.take()).toBeUndefined();
  });

  it('reports a failed read to every scrape that shares it, then reads again', async () => {
    const exporter = new FakeExporter();
    const good = exporter.scrape.bind(exporter);
    exporter.scrape = async () => {
      throw new Error('no kernel');
    };
    const sharing = sharingOf(exporter);
    const scrapes = [sharing.scrape('text', 'identity'), sharing.scrape('text', 'gzip')];
    const both = await Promise.allSettled(scrapes.map(({ ready }) => ready));
    expect(both.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      'Error: no kernel',
      'Error: no kernel',
    ]);
    exporter.scrape = good;
    expect((await readAll(sharing.scrape('text', 'identity'))).toString()).toBe('# text 1\n');
  });

  it.each(['identity', 'gzip'] as const)(
    'cuts off a body (%s) whose rendering fails, then reads again',
    async (encoding) => {
      const exporter = new FakeExporter();
      const good = exporter.body;
      exporter.body = async function* () {
        yield Buffer.from('half');
        throw new Error('no memory');
      };
      const sharing = sharingOf(exporter);
      await expect(readAll(sharing.scrape('text', encoding))).rejects.toThrow('no memory');
      exporter.body = good;
      expect((await readAll(sharing.scrape('text', 'identity'))).toString()).toBe('# text 2\n');
    },
  );
});
