import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonSink, startJsonSink } from '../../harness/json_sink.js';
import { type Mail, type MailSink, startMailSink } from '../../harness/mail_sink.js';
import { needs } from '../../harness/requirements.js';
import { startReceiver, textOf } from '../../scenarios/receiver.mjs';
import { startAlertmanager } from '../../scenarios/stack.mjs';
import { until } from '../until.js';
import { hostileNames as names } from './hostile_names.js';
import { type SentAlert, sendAlerts } from './sent_alert.js';
import { shippedReceivers } from './shipped_receivers.js';
import type { SlackMessage } from './slack_message.js';

const executablePath = '/usr/bin/chromium';

const start = Date.UTC(2026, 10, 26, 18, 30, 5);
const hour = 3_600_000;
const hostileHost = `we'b "1" $(touch x) & <i> \\ +`;

function alert(instance: string, command: string, more: Partial<SentAlert> & { severity?: string } = {}): SentAlert {
  const { severity = 'warning', annotations, ...rest } = more;
  return {
    labels: {
      alertname: 'SantaCpuHigh',
      job: 'santabpf',
      instance,
      scenario: 'cpu_high',
      probe: 'cpu_seconds',
      severity,
      command,
    },
    annotations: {
      summary: `${command} is busy on ${instance}`,
      flamegraph_url: '',
      description: `${command} uses 93% of the CPU time. Top commands, by share:`,
      runbook_url: 'https://git.example/santabpf/docs/runbooks/cpu_high.md',
      dashboard_url: `http://localhost:3000/d/santabpf-cpu?var-instance=${encodeURIComponent(instance)}`,
      ...annotations,
    },
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(Date.now() + hour).toISOString(),
    generatorURL: 'http://localhost:9090/graph?g0.expr=up',
    ...rest,
  };
}

const descriptionOf = (first: string) =>
  [
    `${first} uses 93% of the CPU time. Top commands, by share:`,
    ...names.map((name, index) => `- ${name}: ${index}%`),
    'Probes:',
    '- cpu_seconds',
  ].join('\n');

const flameGraph = 'http://hot:10225/flamegraph?at=1795804205&window=5m';
const hotDescription = [
  '93% of the CPU time of hot is in use. Top commands, by share:',
  ...names.map((name, index) => `- ${name}: ${60 - index}% (an hour ago: ${index}%)`),
  'Hottest functions of the last minute, by share of the CPU samples:',
  ...names.map((name, index) => `- ${name} in ${name}: ${50 - index}%`),
].join('\n');

describe('notifications', needs({ commands: ['prometheus-alertmanager', 'amtool'], files: [executablePath] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-notifications-'));
  let mailSink: MailSink;
  let slack: JsonSink<SlackMessage>;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
  let browser: Browser;

  beforeAll(async () => {
    mailSink = await startMailSink();
    slack = await startJsonSink();
    receiver = await startReceiver();
    const addresses = { smarthost: mailSink.address, slack: slack.url, webhook: receiver.url };
    alertmanager = await startAlertmanager(folder, shippedReceivers(addresses, ['admins', 'news']));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    await sendAlerts(alertmanager.url, [
      ...names.map((name, index) =>
        alert(`host${index}`, name, { severity: 'critical', annotations: { description: descriptionOf(name) } }),
      ),
      ...names.slice(0, 8).map((name) => alert('busy', name)),
      alert(hostileHost, 'plain'),
      alert('hot', 'plain', { annotations: { description: hotDescription, flamegraph_url: flameGraph } }),
    ]);
    await sendAlerts(alertmanager.url, [alert('calm', 'plain')]);
    await mailAbout('calm');
    await sendAlerts(alertmanager.url, [alert('calm', 'plain', { endsAt: new Date(start + 450_400).toISOString() })]);
  });

  afterAll(async () => {
    await browser?.close();
    await alertmanager?.stop();
    await receiver?.stop();
    await slack?.stop();
    await mailSink?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function mailAbout(host: string, status = 'FIRING', ending = ''): Promise<Mail> {
    const isIt = ({ headers, text }: Mail) =>
      headers.subject!.startsWith(`[${status}`) &&
      headers.subject!.endsWith(ending) &&
      text.includes(`\nHost: ${host}\n`);
    await until(`a mail about ${host}`, () => mailSink.mails.some(isIt), 30_000);
    return mailSink.mails.find(isIt)!;
  }

  async function slackAbout(
    host: string,
    status = 'FIRING',
    ending = '',
  ): Promise<SlackMessage['attachments'][number]> {
    const found = () =>
      slack.messages
        .flatMap(({ attachments }) => attachments)
        .find(
          ({ title, fields }) =>
            title.startsWith(`[${status}`) && title.endsWith(ending) && fields[0]?.value === slackText(host),
        );
    await until(`a Slack message about ${host}`, () => found() !== undefined, 30_000);
    return found()!;
  }

  /** A page that shows a mail, and everything in it that should not be there. */
  async function shown(mail: Mail) {
    const page = await browser.newPage({ viewport: { width: 700, height: 900 } });
    const surprises: string[] = [];
    page.on('dialog', (dialog) => {
      surprises.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => surprises.push(request.url()));
    page.on('pageerror', (error) => surprises.push(error.message));
    await page.setContent(mail.html);
    return { page, surprises };
  }

  const slackText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  test.each(names.map((name, index) => [name, index] as const))(
    'of %j show every name as it is',
    async (name, index) => {
      const mail = await mailAbout(`host${index}`);
      const { page, surprises } = await shown(mail);
      const cells = await page
        .locator('table.culprits tr')
        .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
      expect(cells).toEqual([...names.map((one, place) => [one, `${place}%`]), ['Probes:'], ['cpu_seconds']]);
      expect(await page.locator('h2').textContent()).toBe(`${name} is busy on host${index}`);
      expect(await page.locator('table.facts tr').allTextContents()).toEqual([
        `Hosthost${index}`,
        'Severitycritical',
        'Since2026-11-26 18:30:05 UTC',
      ]);
      expect(await page.locator('body :not(div, h2, p, table, tbody, tr, th, td, bdi, a, pre)').count()).toBe(0);
      expect(await page.locator('a').allTextContents()).toEqual(['What to do', 'Dashboard', 'Query', 'Silence']);
      expect(surprises).toEqual([]);
      await page.close();
      expect(mail.headers.subject).toBe(`[FIRING critical] ${name} is busy on host${index}`);
      expect(mail.text).toContain(`\n\n${descriptionOf(name)}\n\n`);

      const message = await slackAbout(`host${index}`);
      expect(message.text).toBe(slackText(descriptionOf(name)));
      expect(message.title).toBe(slackText(`[FIRING critical] ${name} is busy on host${index}`));
      expect(message.fallback).toBe(message.title);
      expect(message.mrkdwn_in).toEqual(['pretext']);
      expect(message.color).toBe('danger');
      expect(message.fields.map(({ title, value }) => `${title}: ${value}`)).toEqual([
        `Host: host${index}`,
        'Severity: critical',
        'Since: 2026-11-26 18:30:05 UTC',
      ]);

      const alerts = receiver.notifications.flatMap((notification) => notification.alerts);
      const received = alerts.find(({ labels }) => labels.instance === `host${index}`)!;
      expect(textOf(received)).toBe(`${name} is busy on host${index}\n${descriptionOf(name)}`);
    },
  );

  test('of a busy CPU have the share an hour ago, the hottest functions, and a link to the flame graph', async () => {
    const mail = await mailAbout('hot');
    const { page, surprises } = await shown(mail);
    const rows = await page
      .locator('table.culprits tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent)));
    expect(rows).toEqual([
      ...names.map((name, index) => [name, `an hour ago: ${index}%`, `${60 - index}%`]),
      ['Hottest functions of the last minute, by share of the CPU samples:'],
      ...names.map((name, index) => [`${name} in ${name}`, `${50 - index}%`]),
    ]);
    expect(await page.locator('a', { hasText: 'Flame graph' }).getAttribute('href')).toBe(flameGraph);
    expect(surprises).toEqual([]);
    await page.close();
    expect(mail.text).toContain(`\n\n${hotDescription}\n\n`);
    expect(mail.text).toContain(`\nFlame graph: ${flameGraph}\n`);

    const message = await slackAbout('hot');
    expect(message.text).toBe(slackText(`${hotDescription}\nFlame graph: ${flameGraph}`));
    expect((await slackAbout(hostileHost)).text).not.toContain('Flame graph');
    expect((await mailAbout(hostileHost)).text).not.toContain('Flame graph');
  });

  test('have links: the dashboard around the start, the runbook, a silence without names of processes', async () => {
    const { page } = await shown(await mailAbout(hostileHost));
    const links = await page.locator('a').evaluateAll((found) => found.map((link) => link.getAttribute('href')!));
    const message = await slackAbout(hostileHost);
    for (const link of [links[1]!, message.title_link, message.actions[1]!.url]) {
      const { origin, pathname, searchParams } = new URL(link);
      expect(`${origin}${pathname}`).toBe('http://localhost:3000/d/santabpf-cpu');
      expect([...searchParams]).toEqual([
        ['var-instance', hostileHost],
        ['from', `${start - hour}`],
        ['to', `${start + hour / 2}`],
      ]);
    }
    expect(links[0]).toBe('https://git.example/santabpf/docs/runbooks/cpu_high.md');
    expect(message.actions.map(({ text }) => text)).toEqual(['What to do', 'Dashboard', 'Silence']);
    const matchers = [
      'alertname="SantaCpuHigh"',
      `instance="${hostileHost.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
      'job="santabpf"',
      'probe="cpu_seconds"',
      'scenario="cpu_high"',
    ];
    for (const link of [links[3]!, message.actions[2]!.url]) {
      const [page, filter] = link.split('/#/silences/new?filter=');
      expect(page).toBe(alertmanager.url);
      expect(decodeURIComponent(filter!)).toBe(`{${matchers.join(',')}}`);
    }
    for (const matcher of matchers) {
      const found = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${encodeURIComponent(matcher)}`);
      const alerts = (await found.json()) as { labels: Record<string, string> }[];
      expect(alerts.map(({ labels }) => labels.instance)).toContain(hostileHost);
    }
  });

  test('have a command that a shell runs as it is, and which silences the alerts', async () => {
    const { text, html } = await mailAbout(hostileHost);
    const [, command] = text.split('Silence from a shell:\n');
    const { page } = await shown({ headers: {}, text, html });
    expect(await page.locator('pre').textContent()).toBe(command!.trimEnd());
    execFileSync('bash', ['-c', command!], { cwd: folder, stdio: 'pipe' });
    const silences = (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as {
      matchers: { name: string; value: string; isEqual: boolean; isRegex: boolean }[];
    }[];
    const isExact = { isEqual: true, isRegex: false };
    expect(silences.map(({ matchers }) => matchers)).toEqual([
      [
        { name: 'alertname', value: 'SantaCpuHigh', ...isExact },
        { name: 'instance', value: hostileHost, ...isExact },
        { name: 'job', value: 'santabpf', ...isExact },
        { name: 'probe', value: 'cpu_seconds', ...isExact },
        { name: 'scenario', value: 'cpu_high', ...isExact },
      ],
    ]);
    expect(existsSync(join(folder, 'x'))).toBe(false);
    expect((await mailAbout('busy')).text).not.toMatch(/amtool.*(plain|channel)/);
  });

  test('of many alerts show five and how many more there are', async () => {
    // Alertmanager does not wait for the others if an alert began long ago: the first notification may have fewer.
    const mail = await mailAbout('busy', 'FIRING', ', and 7 more');
    expect(mail.headers.subject).toMatch(/^\[FIRING warning\] .* is busy on busy, and 7 more$/);
    expect(mail.text.match(/^Host: busy$/gm)).toHaveLength(5);
    expect(mail.text).toContain(`\n… and 3 more alerts: ${alertmanager.url}/#/alerts\n`);
    const { page } = await shown(mail);
    expect(await page.locator('h2').count()).toBe(5);
    expect(await page.locator('body').textContent()).toContain('… and 3 more alerts');
    const message = await slackAbout('busy', 'FIRING', ', and 7 more');
    expect(message.color).toBe('warning');
    expect(message.text).toMatch(/\n\n… and 3 more alerts$/);
  });

  test('of the end say how long it lasted', async () => {
    const mail = await mailAbout('calm', 'RESOLVED');
    expect(mail.headers.subject).toBe('[RESOLVED warning] plain is busy on calm');
    expect(mail.text).toContain('Resolved: plain is busy on calm\n');
    expect(mail.text).toContain('Since: 2026-11-26 18:30:05 UTC, for 7m30s\n');
    expect(mail.text).not.toContain('ilence');
    const { page } = await shown(mail);
    expect(await page.locator('h2').textContent()).toBe('Resolved: plain is busy on calm');
    expect(await page.locator('pre').count()).toBe(0);
    expect((await slackAbout('calm', 'RESOLVED')).color).toBe('good');
  });
});
