/**
 * Saves pictures of the dashboards, drawn with Grafana's own components (@grafana/ui) from the data of a running Prometheus.
 *
 *   npm run demo                                          # prints the URL of its Prometheus
 *   npm --prefix preview ci
 *   node preview/preview.mjs http://127.0.0.1:PORT [--minutes=15] [--output=FOLDER] [--width=1280] [--height=PIXELS] [--identity=unit,command] [--open] [santabpf-cpu ...]
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { opened } from './page/rows.js';
import { startSite } from './site.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const dashboards = join(here, '../dashboards');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '15' },
    output: { type: 'string', default: join(here, '../build/preview') },
    width: { type: 'string', default: '1280' },
    // Default: the whole dashboard.
    height: { type: 'string' },
    identity: { type: 'string', default: 'command' },
    // With the panels of closed rows.
    open: { type: 'boolean', default: false },
  },
});
const [prometheus, ...uids] = positionals;
if (prometheus === undefined) {
  console.error('The URL of a Prometheus is missing: node preview/preview.mjs URL. `npm run demo` prints one.');
  process.exit(2);
}
const all = readdirSync(dashboards).flatMap((file) => (file.endsWith('.json') ? [file.replace('.json', '')] : []));
const selected = uids.length > 0 ? uids : all;
const width = Number(values.width);
/** Milliseconds until a dashboard is drawn, on a busy machine. */
const patience = 400_000;

const site = await startSite({ prometheus, dashboards });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  mkdirSync(values.output, { recursive: true });
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  for (const uid of selected) {
    const page = await context.newPage();
    const failed = new Promise((_, reject) => page.once('pageerror', reject));
    const { panels: given } = JSON.parse(readFileSync(join(dashboards, `${uid}.json`), 'utf8'));
    const panels = values.open ? opened(given) : given;
    // Components draw only what is visible. A row of the grid is 30 pixels high, with a gap of 8.
    const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    const whole = 38 * rows + 120;
    await page.setViewportSize({ width, height: whole });
    await page.goto(
      `${site.url}/?dashboard=${uid}&minutes=${values.minutes}&identity=${values.identity}${values.open ? '&open' : ''}`,
      { timeout: patience },
    );
    await Promise.race([failed, page.waitForSelector('body[data-drawn]', { timeout: patience })]);
    const picture = join(values.output, `${uid}.png`);
    await page.screenshot({ path: picture, clip: { x: 0, y: 0, width, height: Number(values.height ?? whole) } });
    console.log(picture);
    await page.close();
  }
} finally {
  await browser.close();
  await site.stop();
}
