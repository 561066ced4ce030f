import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningExporter, startExporter } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';
import { faultyProbe, fixtureNeeds, mainFileOf, Scrape, tell, toldProbe } from './probes.js';

const kind = 9;
const executablePath = '/usr/bin/chromium';

describe('the landing page', needs({ ...fixtureNeeds, files: [...fixtureNeeds.files, executablePath] }), () => {
  let exporter: RunningExporter;
  let browser: Browser;

  beforeAll(async () => {
    exporter = await startExporter({
      config: mainFileOf('syscalls', 'execs', 'runqlat', 'told', 'lost', 'broken'),
      files: {
        'told.yaml': toldProbe({ kind, settings: 'maps: { values: { max_entries: 4 } }' }).replace(
          'Counts values that tests send.',
          '<script>document.title = 1</script> & "more"',
        ),
        'lost.yaml': faultyProbe('lost', 'at_no_hook'),
        'broken.yaml': toldProbe({ name: 'broken' }).replace(/object: .*/, 'object: "<img src=x onerror=alert(1)>.o"'),
      },
      patience: 30_000,
    });
    tell(3, [1, 2, 3, 4, 5, 6], { kind });
    await Scrape.of(exporter);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  });
  afterAll(async () => {
    await browser?.close();
    await exporter?.stop();
  });

  /** Opens the page and collects every complaint of the browser. */
  async function open(width: number): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (failed) => complaints.push(failed.url()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    const response = await page.goto(exporter.url);
    expect(response!.status()).toBe(200);
    return { page, complaints };
  }

  it.each([1920, 1280, 390])('shows every probe with its state at a width of %d', async (width) => {
    const { page, complaints } = await open(width);
    expect(await page.title()).toBe(`${hostname()} · SantaBPF`);
    // Healthy probes are folded.
    expect(await page.getByText('execs', { exact: true }).isVisible()).toBe(false);
    await page.getByText('3 probes are up and have no problems').click();
    const text = await page.locator('main').innerText();
    for (const name of ['syscalls', 'execs', 'runqlat', 'told']) {
      expect(await page.locator('tr', { has: page.locator(`strong:text-is("${name}")`) }).innerText()).toMatch(
        /\bup\b/,
      );
    }
    expect(text).toMatch(/4 of 6/);
    expect(text).toMatch(/1 down, 1 unsupported/);
    // Problems come first: the reason and the remedy of a probe that is unsupported.
    expect(text.indexOf('Problems')).toBeLessThan(text.indexOf('HOOK_MISSING'));
    expect(text.indexOf('HOOK_MISSING')).toBeLessThan(text.indexOf('Now'));
    expect(text).toContain('HOOK_MISSING');
    expect(text).toContain('santabpf_no_such_hook');
    expect(text).toContain('or remove the probe on this kernel');
    // A map of four entries, of which one user gets two.
    expect(text).toContain('Map values was full: 12 updates counted as other');
    // Text from probe files is escaped.
    expect(text).toContain('/<img src=x onerror=alert(1)>.o"');
    expect(text).toContain('<script>document.title = 1</script> & "more"');
    const overhang = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overhang).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('links to the metrics and to the probes as JSON', async () => {
    const { page, complaints } = await open(1280);
    await page.getByRole('link', { name: 'Metrics' }).click();
    expect(await page.locator('body').innerText()).toContain('santabpf_probe_state{probe="syscalls",state="up"} 1');
    await page.goBack();
    await page.getByRole('link', { name: 'Probes as JSON' }).click();
    const { probes } = JSON.parse(await page.locator('pre').innerText()) as { probes: { state: string }[] };
    expect(probes.map(({ state }) => state)).toEqual(['up', 'up', 'up', 'up', 'unsupported', 'down']);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows who does what now, while it is visible', async () => {
    const { page, complaints } = await open(1280);
    const busy = spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' });
    try {
      const card = page.locator('[data-panel=execs]');
      await card.getByText('true').first().waitFor({ timeout: 20_000 });
      expect(await card.locator('.total').innerText()).toMatch(/^[\d.,]+\/s$/);
      expect(await card.locator('canvas').count()).toBe(1);
      const heat = page.locator('[data-heatmap=runqueue]');
      expect(await heat.locator('.reading').innerText()).toMatch(/in the last seconds, the longest/);
      const plot = await heat.locator('.u-over').boundingBox();
      await page.mouse.move(plot!.x + plot!.width - 5, plot!.y + plot!.height - 5);
      expect(await heat.locator('.reading').innerText()).toMatch(/^\d\d:\d\d:\d\d: [\d,]+ (up to|from|above) /);
    } finally {
      busy.kill('SIGKILL');
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('asks for nothing while nobody looks', async () => {
    const page = await browser.newPage();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/live')) asked++;
    });
    await page.goto(exporter.url);
    const look = async (isHidden: boolean) => {
      await page.evaluate(
        `Object.defineProperty(document, 'hidden', { get: () => ${isHidden}, configurable: true });
         document.dispatchEvent(new Event('visibilitychange'));`,
      );
    };
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(0);
    await look(true);
    const before = asked;
    for (let minute = 0; minute < 10; minute++) await page.clock.runFor(60_000);
    expect(asked).toBe(before);
    await look(false);
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(before + 1);
    await page.close();
  });

  it('says so when the exporter does not answer', async () => {
    const { page } = await open(1280);
    await page.route('**/live', (route) => route.abort());
    await page.getByText(/^No new numbers since .*: the exporter does not answer\.$/).waitFor({ timeout: 20_000 });
    await page.close();
  });

  it('finds and sorts probes', async () => {
    const { page, complaints } = await open(1280);
    const names = () => page.locator('.probes tbody:visible strong').allInnerTexts();
    await page.getByRole('searchbox', { name: 'Find a probe' }).fill('exec');
    expect(await names()).toEqual(['execs']);
    await page.getByRole('searchbox', { name: 'Find a probe' }).fill('');
    await page.locator('details').getByRole('button', { name: 'Probe' }).click();
    expect((await names()).slice(-3)).toEqual(['execs', 'runqlat', 'syscalls']);
    await page.locator('details').getByRole('button', { name: 'Probe' }).click();
    expect((await names()).slice(-3)).toEqual(['syscalls', 'runqlat', 'execs']);
    await page.goto(`${exporter.url}/#probe-execs`);
    await page.reload();
    expect(await page.getByText('execs', { exact: true }).isVisible()).toBe(true);
    await page.getByRole('link', { name: 'execs' }).click();
    expect(await page.locator('body').innerText()).toContain('santabpf_execs_total');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes problems and probes from the exporter from time to time, and keeps search and order', async () => {
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(exporter.url);
    const row = page.locator('#probe-told');
    expect(await row.innerText()).toContain('Map values was full: 12 updates counted as other.');
    await page.locator('details').evaluate((fold) => fold.setAttribute('open', ''));
    await page.locator('details').getByRole('button', { name: 'Probe' }).click();
    await page.getByRole('searchbox').fill('e');
    const shown = () => page.locator('.probes tbody:visible strong').allInnerTexts();
    const before = await shown();
    tell(3, [11, 12, 13, 14, 15, 16], { kind });
    await Scrape.of(exporter);
    // Readings come every ten seconds, and not while another one is in progress.
    await expect
      .poll(
        async () => {
          await page.clock.runFor(12_000);
          return row.innerText();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toMatch(/Map values was full: (1[3-9]|[2-9]\d) updates counted as other\./);
    expect(await page.locator('.problems').innerText()).not.toContain('was full: 12 updates');
    expect(await shown()).toEqual(before);
    expect(await page.locator('details th[aria-sort=ascending]').innerText()).toMatch(/^Probe/);
    await page.close();
  });

  it('leaves out labels that are empty', async () => {
    const { page, complaints } = await open(1280);
    const rows = [
      { labels: { command: 'node', namespace: '', pod: '', user: 'root' }, rate: 3 },
      { labels: { command: 'java', namespace: 'shop', pod: 'web-0', user: 'app' }, rate: 2 },
      { labels: { command: '', namespace: '' }, rate: 1 },
    ];
    await page.route('**/live', async (route) => {
      const digest = (await (await route.fetch()).json()) as { panels: { id: string }[] };
      await route.fulfill({ json: { ...digest, panels: digest.panels.map((panel) => ({ ...panel, rows })) } });
    });
    const names = page.locator('[data-panel=execs] li > span:not(.rate)');
    await expect
      .poll(() => names.allInnerTexts(), { timeout: 20_000 })
      .toEqual(['node · root', 'java · shop · web-0 · app', 'none']);
    expect(await names.first().getAttribute('title')).toBe('command: node\nuser: root');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('has no link without an answer', async () => {
    const { page, complaints } = await open(1280);
    const links = (await page.evaluate(
      `[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))`,
    )) as string[];
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) {
      if (link.startsWith('#')) expect(await page.locator(link).count(), link).toBe(1);
      else expect((await fetch(new URL(link, exporter.url))).status, link).toBe(200);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('pales what a late probe does not answer', async () => {
    const { page } = await open(1280);
    const card = page.locator('[data-panel=execs]');
    await card.locator('li').first().waitFor({ timeout: 20_000 });
    await page.route('**/live', async (route) => {
      const digest = (await (await route.fetch()).json()) as { panels: unknown[] };
      await route.fulfill({ json: { ...digest, panels: [] } });
    });
    await page.locator('[data-panel=execs].stale').waitFor({ timeout: 20_000 });
    expect(await card.getAttribute('title')).toBe('No new reading: the probe did not answer in time');
    expect(await page.locator('[data-heatmap=runqueue].stale').count()).toBe(0);
    await page.close();
  });

  it('cannot be made to reload the configuration by another page', async () => {
    const { page } = await open(1280);
    const status = await page.evaluate(
      `fetch('/-/reload', { method: 'POST' }).then((answer) => answer.status, () => 'refused')`,
    );
    expect(status).not.toBe(200);
    expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST', headers: { origin: 'http://x' } })).status).toBe(
      403,
    );
    await page.close();
  });
});
