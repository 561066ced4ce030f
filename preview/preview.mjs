/**
 * Pictures of the dashboards, drawn with Grafana's own components (@grafana/ui) from the data of a running Prometheus.
 *
 *   npm run demo                                          # prints the URL of its Prometheus
 *   npm --prefix preview ci
 *   node preview/preview.mjs http://127.0.0.1:PORT [--minutes=15] [--output=FOLDER] [santabpf-cpu ...]
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startSite } from './site.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dashboards = join(here, '../dashboards');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '15' },
    output: { type: 'string', default: join(here, '../build/preview') },
    width: { type: 'string', default: '1280' },
  },
});
const [prometheus, ...asked] = positionals;
if (prometheus === undefined) {
  console.error('Expected the URL of a Prometheus, as npm run demo prints it');
  process.exit(2);
}
const all = readdirSync(dashboards).flatMap((file) => (file.endsWith('.json') ? [file.replace('.json', '')] : []));
const chosen = asked.length > 0 ? asked : all;

const site = await startSite({ prometheus, dashboards });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  mkdirSync(values.output, { recursive: true });
  const context = await browser.newContext({ viewport: { width: Number(values.width), height: 900 } });
  for (const uid of chosen) {
    const page = await context.newPage();
    const failed = new Promise((_, reject) => page.once('pageerror', reject));
    const { panels } = JSON.parse(readFileSync(join(dashboards, `${uid}.json`), 'utf8'));
    // Grafana draws what is in sight alone; here all of it is: a row of the grid is 30 pixels high, 8 of room between.
    const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    await page.setViewportSize({ width: Number(values.width), height: 38 * rows + 120 });
    await page.goto(`${site.url}/?dashboard=${uid}&minutes=${values.minutes}`);
    await Promise.race([failed, page.waitForSelector('body[data-drawn]', { timeout: 120_000 })]);
    const picture = join(values.output, `${uid}.png`);
    await page.screenshot({ path: picture, fullPage: true });
    console.log(picture);
    await page.close();
  }
} finally {
  await browser.close();
  await site.stop();
}
