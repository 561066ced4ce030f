import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeProfiles, stackOf } from '../harness/fake_profiles.js';
import { HttpServers } from '../harness/http_servers.js';
import { needs } from '../harness/requirements.js';

const executablePath = '/usr/bin/chromium';
const servers = new HttpServers();
const hostileNames = [
  '<script>document.title = 1</script>',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '"><svg onload=alert(1)>',
  '{{constructor}} %s %n',
];

describe('the flame graph in a browser', needs({ files: [executablePath] }), () => {
  let browser: Browser;
  let url: string;
  let profiles: FakeProfiles;

  beforeAll(async () => {
    const created = await servers.listen();
    url = created.url;
    profiles = new FakeProfiles();
    created.exporter.profiles = profiles;
    // Without a graphics card speedscope draws with this.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-swiftshader'];
    browser = await chromium.launch({ executablePath, args });
  });
  afterAll(async () => {
    await browser?.close();
    await servers.close();
  });

  /** Opens a page and collects every complaint of the browser, and every request besides the page. */
  async function open(query = '', options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('request', (request) => {
      if (!request.isNavigationRequest() && !request.url().startsWith('data:')) complaints.push(request.url());
    });
    expect((await page.goto(`${url}/flamegraph${query}`))!.status()).toBe(200);
    return { page, complaints };
  }

  /** The label of each box, by its row from the top. */
  async function boxes(page: Page): Promise<string[]> {
    const found = await page.locator('#graph g.frame').evaluateAll((all) =>
      all.map((one) => {
        const { top, left } = (
          one as unknown as { getBoundingClientRect(): { top: number; left: number } }
        ).getBoundingClientRect();
        return { top, left, text: one.textContent! };
      }),
    );
    found.sort((one, other) => one.top - other.top || one.left - other.left);
    return found.map(({ text }) => text);
  }

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('draws the graph at a width of %d, %s', async (width, colorScheme) => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByText('burn', { exact: true }).first().waitFor();
    const drawn = (await boxes(page)).join('\n');
    for (const name of ['all', 'burner', 'node', 'main', 'work', 'burn', 'vfs_read', 'tick', 'libx.so+0x1f40'])
      expect(drawn).toContain(name);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    const graph = (await page.locator('#graph svg').boundingBox())!;
    expect(graph.width).toBeLessThanOrEqual(width);
    expect(graph.width).toBeGreaterThan(width * 0.8);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('enlarges a box, and shows the whole again', async () => {
    const { page, complaints } = await open();
    const burn = page.locator('#graph g.frame[name="burn"]');
    const width = async () => (await burn.boundingBox())!.width;
    const before = await width();
    await burn.click();
    await expect.poll(width).toBeGreaterThan(before * 1.25);
    expect(await page.locator('#details').innerText()).toBe('burn · app · 10 s, 76.9 %, 490 samples');
    const whole = page.getByRole('button', { name: 'Whole graph' });
    await whole.click();
    await expect.poll(width).toBeCloseTo(before, 0);
    expect(await whole.isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('finds functions by a part of their name, which is no pattern', async () => {
    const { page, complaints } = await open();
    const search = page.getByRole('searchbox');
    const found = page.locator('#found');
    await search.fill('VFS_');
    await expect.poll(() => found.innerText()).toBe('15.4 % of the time in what was found');
    expect(await page.locator('g.frame[name="vfs_read"] rect').getAttribute('fill')).toBe('#ff8df4');
    await search.fill('.*(');
    await expect.poll(() => found.innerText()).toBe('Nothing found');
    await search.fill('');
    await expect.poll(() => found.innerText()).toBe('');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('keeps the graph as wide as the window', async () => {
    const { page } = await open();
    await page.setViewportSize({ width: 600, height: 900 });
    await expect.poll(async () => (await page.locator('#graph svg').boundingBox())!.width).toBeLessThan(600);
    await page.close();
  });

  it('filters by command with its form, also without JavaScript', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, complaints } = await open('?window=15m', { javaScriptEnabled });
      await page.getByLabel('command').selectOption('node');
      await page.getByRole('button', { name: 'Show' }).click();
      await page.waitForURL(/command=node/);
      expect(new URL(page.url()).searchParams.get('window')).toBe('15m');
      const table = await page.locator('table').innerText();
      expect(table).toContain('libx.so+0x1f40');
      expect(table).not.toContain('burn');
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it('compares, with signs besides colours', async () => {
    profiles.boundary = Date.now() - 1_800_000;
    profiles.earlier = [stackOf('burner', 'main;work;burn', 100), stackOf('node', 'main@/usr/bin/node;tick@j', 300)];
    const { page, complaints } = await open('?diff=1h');
    expect(await page.locator('g.frame[name="▲ burn"] rect').getAttribute('fill')).toMatch(
      /^rgb\(23\d,1[56]\d,\d\d\)$/,
    );
    expect(await page.locator('g.frame[name="▼ node"]').count()).toBe(1);
    await page.locator('g.frame[name="▲ burn"]').hover();
    expect(await page.locator('#details').innerText()).toBe(
      'burn · app · 10 s, 76.9 %, 490 samples; 1 h earlier 2.04 s',
    );
    expect(await page.locator('table').innerText()).toMatch(/burn\s+\/usr\/bin\/app\s+10 s\s+2.04 s\s+\+7.96 s/);
    expect(await page.locator('.legend').innerText()).toMatch(/more than before\s+unchanged\s+less than before/);
    expect(complaints).toEqual([]);
    profiles.earlier = [];
    await page.close();
  });

  it('shows hostile names as text, and nothing else', async () => {
    const { stacks } = profiles;
    profiles.stacks = hostileNames.map((name) => ({
      labels: { command: name },
      frames: [
        { function: `${name}\u202eevil\u0007`, module: name, offset: 0, isKernel: false },
        { function: '\u05d0\u05d1(\u05d2)', module: '', offset: 0, isKernel: false },
      ],
      value: 100,
    }));
    const { page, complaints } = await open();
    const drawn = (await boxes(page)).join('\n');
    for (const name of hostileNames) {
      expect(drawn).toContain(`${name}\\xe2\\x80\\xaeevil\\x07`);
      expect(await page.locator('table').innerText()).toContain(name);
    }
    await page.getByLabel('command').selectOption(hostileNames[1]!);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/command=/);
    expect(await boxes(page)).toHaveLength(4);
    await page.locator('#graph g.frame').last().click();
    expect(await page.title()).toBe('CPU flame graph · SantaBPF');
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img, svg[onload], a[href^="javascript:"]').count()).toBe(0);
    expect(complaints).toEqual([]);
    profiles.stacks = stacks;
    await page.close();
  });

  it('works when it was saved, without any network', async () => {
    const html = await (await fetch(`${url}/flamegraph`)).text();
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    await page.context().setOffline(true);
    await page.setContent(html);
    await page.locator('g.frame[name="burn"]').waitFor();
    await page.close();
  });

  it.each(['pprof', 'folded'])('is read by speedscope as %s', async (format) => {
    const response = await fetch(`${url}/debug/pprof/profile?window=5m&format=${format}`);
    const buffer = Buffer.from(await response.arrayBuffer());
    const speedscope = dirname(createRequire(import.meta.url).resolve('speedscope/package.json'));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`file://${join(speedscope, 'dist/release/index.html')}`);
    const name = format === 'pprof' ? 'profile.pb.gz' : 'profile.folded';
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
    await page.getByText('Sandwich').click();
    const functions = page.locator('table').last();
    await functions.getByText(format === 'pprof' ? 'vfs_read' : 'vfs_read_[k]').waitFor();
    expect(await functions.innerText()).toMatch(format === 'pprof' ? /10\.00s \(77%\).*burn/s : /490 \(77%\).*burn/s);
    await page.close();
  });
});
