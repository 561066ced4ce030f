import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BurningProgram } from '../harness/burning_program.js';
import { type RunningExporter, shippedProbePath, startExporter } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';

const executablePath = '/usr/bin/chromium';
const command = 'pagefire';
/** Names of functions are read when a graph is first asked for, which takes long on a busy machine. */
const patience = 180_000;

describe(
  'the page with the flight recorder',
  needs({ root: true, bpf: true, commands: ['cc'], files: [executablePath] }),
  () => {
    let exporter: RunningExporter;
    let browser: Browser;
    let burning: BurningProgram;
    const recordings = mkdtempSync(join(tmpdir(), 'santabpf-recordings-'));

    beforeAll(async () => {
      burning = new BurningProgram(command);
      exporter = await startExporter({
        config: `probes: [cpu_seconds, profile]\nprobe_path: ["${shippedProbePath}"]\nprobe_deadline: 1m\nflight_recorder: { path: ${recordings} }\n`,
        patience: 30_000,
      });
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    });
    afterAll(async () => {
      await browser?.close();
      await exporter?.stop();
      burning?.remove();
      rmSync(recordings, { recursive: true });
    });

    it(
      'leads from the command that uses the CPU to its flame graph, which can be searched and enlarged',
      async () => {
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(exporter.url);
        const burnt = burning.burn(9000);
        const link = page.locator('[data-panel=cpu]').getByRole('link', { name: command });
        await link.waitFor({ timeout: 60_000 });
        // The row goes when the command has ended.
        const href = await link.getAttribute('href');
        expect(href).toBe('/flamegraph?window=5m&command=pagefire');
        const frames = page.locator('#graph g.frame');
        await expect
          .poll(
            async () => {
              await page.goto(`${exporter.url}${href}`, { timeout: patience });
              return frames.count();
            },
            { timeout: patience, interval: 2000 },
          )
          .toBeGreaterThan(2);
        await burnt;
        // Names of functions come later on a busy machine, so any box that is not the whole will do.
        const boxes = await frames.evaluateAll((all) =>
          all.map((one) => ({
            name: one.getAttribute('name')!,
            width: (one as unknown as { getBoundingClientRect(): { width: number } }).getBoundingClientRect().width,
          })),
        );
        const whole = Math.max(...boxes.map(({ width }) => width));
        const { name } = boxes.find(({ width }) => width > 3 && width < whole / 2)!;
        await page.getByRole('searchbox').fill(name);
        await expect.poll(() => page.locator('#found').innerText()).toMatch(/^\d+(\.\d+)? % of the time/);
        const box = frames.filter({ has: page.locator(`xpath=self::*[@name=${JSON.stringify(name)}]`) }).first();
        const width = async () => (await box.boundingBox())!.width;
        const before = await width();
        await box.click();
        await expect.poll(width).toBeGreaterThan(before * 1.25);
        expect(complaints).toEqual([]);
        await page.close();
      },
      patience,
    );

    it(
      'has no link that does not answer',
      async () => {
        const page = await browser.newPage();
        await page.goto(exporter.url);
        const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
        expect(links).toEqual(
          expect.arrayContaining(['/metrics', '/probes', '/flamegraph', '/metrics?collect[]=profile']),
        );
        for (const link of links) {
          if (link.startsWith('#')) expect(await page.locator(link).count(), link).toBe(1);
          else {
            const response = await fetch(new URL(link, exporter.url), { headers: { connection: 'close' } });
            expect(response.status, link).toBe(200);
          }
        }
        await page.close();
      },
      patience,
    );
  },
);
