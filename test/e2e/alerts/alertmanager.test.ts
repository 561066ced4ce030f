import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { startReceiver } from '../../scenarios/receiver.mjs';
import { startAlertmanager, webhook } from '../../scenarios/stack.mjs';

type Labels = Record<string, string>;

describe('the shipped routes, inhibitions and templates', needs({ commands: ['prometheus-alertmanager'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-alertmanager-'));
  const slackMessages: string[] = [];
  const slack = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    slackMessages.push(body);
    response.end('ok');
  });
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;

  beforeAll(async () => {
    slack.listen(0, '127.0.0.1');
    await once(slack, 'listening');
    receiver = await startReceiver();
    const slackReceiver = {
      api_url: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/`,
      channel: '#hosts',
      title: '{{ template "santabpf.subject" . }}',
      text: '{{ template "santabpf.text" . }}',
    };
    alertmanager = await startAlertmanager(folder, [
      { name: 'admins', webhook_configs: [webhook(receiver.url)], slack_configs: [slackReceiver] },
    ]);
  });

  afterAll(async () => {
    await alertmanager?.stop();
    await receiver?.stop();
    slack.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends alerts to Alertmanager as Prometheus does. */
  async function send(...alerts: Labels[]): Promise<void> {
    const body = alerts.map((labels) => ({
      labels: { job: 'santabpf', severity: 'warning', ...labels },
      annotations: {
        summary: `${labels.alertname} on ${labels.instance}`,
        description: 'By:\n- culprit: 90%',
        runbook_url: 'https://git.example/runbook',
        dashboard_url: 'http://localhost:3000/d/uid',
      },
    }));
    const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  }

  /** Waits for a few group_wait intervals and returns the names of the alerts received for a host. */
  async function received(instance: string): Promise<string[]> {
    await sleep(4000);
    const alerts = receiver.notifications.flatMap((notification) => notification.alerts);
    return [
      ...new Set(alerts.flatMap(({ labels }) => (labels.instance === instance ? [labels.alertname ?? ''] : []))),
    ].sort();
  }

  const crash = { alertname: 'SantaCrashLoop', scenario: 'crash_loop', probe: 'exits' };
  const forks = { alertname: 'SantaForkStorm', scenario: 'fork_storm', probe: 'forks' };
  const exporterDown = { alertname: 'SantaExporterDown', scenario: 'watcher_blind' };
  const probeDown = { alertname: 'SantaProbeDown', scenario: 'watcher_blind', probe: 'exits' };

  test('SantaExporterDown mutes its host only, and SantaProbeDown mutes the alerts of its probe', async () => {
    await send(
      ...[exporterDown, probeDown, crash, forks].map((labels) => ({ ...labels, instance: 'blind' })),
      ...[probeDown, crash, forks].map((labels) => ({ ...labels, instance: 'one-eyed' })),
      ...[crash, forks].map((labels) => ({ ...labels, instance: 'seeing' })),
    );
    expect(await received('blind')).toEqual(['SantaExporterDown']);
    expect(await received('one-eyed')).toEqual(['SantaForkStorm', 'SantaProbeDown']);
    expect(await received('seeing')).toEqual(['SantaCrashLoop', 'SantaForkStorm']);
  });

  test('the critical alert of a cause mutes its warning, and no other warning', async () => {
    const full = { alertname: 'SantaFilesExhausted', scenario: 'files_exhausted', instance: 'full', errno: 'ENOSPC' };
    await send(
      { ...full, command: 'postgres', severity: 'critical' },
      { ...full, command: 'postgres' },
      { ...full, command: 'logger' },
    );
    await received('full');
    const labels = receiver.notifications.flatMap(({ alerts }) => alerts.map((alert) => alert.labels));
    const seen = labels.filter(({ instance }) => instance === 'full');
    expect([...new Set(seen.map(({ command, severity }) => `${command}: ${severity}`))].sort()).toEqual([
      'logger: warning',
      'postgres: critical',
    ]);
  });

  test('a message has the culprits and links, and groups the alerts of one scenario', async () => {
    await send(
      { ...crash, instance: 'db1', command: 'api' },
      { ...crash, instance: 'db1', command: 'mailer' },
      { ...crash, instance: 'db2', command: 'api' },
    );
    await received('db1');
    const messages = slackMessages.map(
      (body) => JSON.parse(body) as { attachments: { title: string; text: string }[] },
    );
    const about = (host: string) =>
      messages.flatMap(({ attachments }) => attachments).filter(({ title }) => title.includes(host));
    const lines =
      'SantaCrashLoop on db1\nBy:\n- culprit: 90%\nWhat to do: https://git.example/runbook\nDashboard: http://localhost:3000/d/uid';
    expect(about('db1').map(({ text }) => text)).toEqual([`${lines}\n\n${lines}`]);
    expect(about('db2')).toMatchObject([
      {
        title: '[FIRING warning] SantaCrashLoop on db2',
        text: 'SantaCrashLoop on db2\nBy:\n- culprit: 90%\nWhat to do: https://git.example/runbook\nDashboard: http://localhost:3000/d/uid',
      },
    ]);
  });
});
