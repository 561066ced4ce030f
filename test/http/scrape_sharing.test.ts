import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/exposition/format.js';
import { ScrapeSharing } from '../../src/http/scrape_sharing.js';
import { FakeExporter } from '../harness/fake_exporter.js';
import { gate } from '../harness/waiting.js';

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));

describe('ScrapeSharing', () => {
  it('shares a read with scrapes that arrive during it, and renders each format once', async () => {
    const exporter = new FakeExporter();
    const { promise, open } = gate();
    exporter.gate = promise;
    const sharing = new ScrapeSharing(exporter);
    const first = sharing.scrape('text', 'identity');
    await ticks();
    const others = [
      sharing.scrape('text', 'identity'),
      sharing.scrape('openmetrics', 'identity'),
      sharing.scrape('text', 'gzip'),
      sharing.scrape('openmetrics', 'gzip'),
    ];
    open();
    const [text, textToo, openmetrics, textGzip, openmetricsGzip] = await Promise.all(
      [first, ...others].map(async (body) => readAll(await body)),
    );
    expect(exporter.scrapes).toBe(1);
    expect(exporter.renderings.sort()).toEqual(['openmetrics', 'text']);
    expect(text!.toString()).toBe('# text 1\n');
    expect(textToo).toEqual(text);
    expect(openmetrics!.toString()).toBe('# openmetrics 1\n');
    expect(gunzipSync(textGzip!)).toEqual(text);
    expect(gunzipSync(openmetricsGzip!)).toEqual(openmetrics);
  });

  it('reads again for a scrape that arrives after the read, once rendering has ended', async () => {
    const exporter = new FakeExporter();
    const { promise, open } = gate();
    let rendering = 0;
    exporter.body = async function* (format: Format, scrape: number) {
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
    const sharing = new ScrapeSharing(exporter);
    const first = await sharing.scrape('text', 'gzip');
    const late = [sharing.scrape('text', 'identity'), sharing.scrape('text', 'identity')];
    await ticks();
    expect(exporter.scrapes).toBe(1);
    open();
    expect(gunzipSync(await readAll(first)).toString()).toBe('text 1');
    expect((await Promise.all(late.map(async (body) => readAll(await body)))).map(String)).toEqual([
      'text 2',
      'text 2',
    ]);
    expect(exporter.scrapes).toBe(2);
    expect((await readAll(await sharing.scrape('text', 'identity'))).toString()).toBe('text 3');
  });

  it('does not wait for a slow reader', async () => {
    const exporter = new FakeExporter();
    const sharing = new ScrapeSharing(exporter);
    const slow = await sharing.scrape('text', 'identity');
    const abandoned = (await sharing.scrape('text', 'identity'))[Symbol.asyncIterator]();
    await abandoned.next();
    await abandoned.return?.();
    expect((await readAll(await sharing.scrape('text', 'identity'))).toString()).toBe('# text 3\n');
    expect((await readAll(slow)).toString()).toBe('# text 1\n');
  });

  it('reports a failed read to every scrape that shares it, then reads again', async () => {
    const exporter = new FakeExporter();
    const good = exporter.scrape.bind(exporter);
    exporter.scrape = async () => {
      throw new Error('no kernel');
    };
    const sharing = new ScrapeSharing(exporter);
    const both = await Promise.allSettled([sharing.scrape('text', 'identity'), sharing.scrape('text', 'gzip')]);
    expect(both.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      'Error: no kernel',
      'Error: no kernel',
    ]);
    exporter.scrape = good;
    expect((await readAll(await sharing.scrape('text', 'identity'))).toString()).toBe('# text 1\n');
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
      const sharing = new ScrapeSharing(exporter);
      await expect(readAll(await sharing.scrape('text', encoding))).rejects.toThrow('no memory');
      exporter.body = good;
      expect((await readAll(await sharing.scrape('text', 'identity'))).toString()).toBe('# text 2\n');
    },
  );
});
