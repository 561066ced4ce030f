import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { startReceiver } from '../../scenarios/receiver.mjs';
import { startAlertmanager, webhook } from '../../scenarios/stack.mjs';
import { sendAlerts } from './sent_alert.js';

type Labels = Record<string, string>;

describe('the shipped routes and inhibitions', needs({ commands: ['prometheus-alertmanager'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-alertmanager-'));
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;

  beforeAll(async () => {
    receiver = await startReceiver();
    alertmanager = await startAlertmanager(folder, [
      { name: 'admins', webhook_configs: [webhook(receiver.url)] },
      { name: 'news' },
    ]);
  });

  afterAll(async () => {
    await alertmanager?.stop();
    await receiver?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (...alerts: Labels[]) =>
    sendAlerts(
      alertmanager.url,
      alerts.map((labels) => ({ labels: { job: 'santabpf', severity: 'warning', ...labels }, annotations: {} })),
    );

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

  test('an info notifies nobody', async () => {
    await send({ ...crash, instance: 'calm', severity: 'info' }, { ...forks, instance: 'calm' });
    expect(await received('calm')).toEqual(['SantaForkStorm']);
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

  test('repeated errors of a disk mute their warning, and not that of another disk or operation', async () => {
    const failed = { alertname: 'SantaDiskErrors', scenario: 'disk_slow_or_failing', instance: 'disks', errno: 'EIO' };
    await send(
      { ...failed, device: 'sda', operation: 'read', severity: 'critical' },
      { ...failed, device: 'sda', operation: 'read' },
      { ...failed, device: 'sda', operation: 'write' },
      { ...failed, device: 'sdb', operation: 'read' },
    );
    await received('disks');
    const labels = receiver.notifications.flatMap(({ alerts }) => alerts.map((alert) => alert.labels));
    const seen = labels.filter(({ instance }) => instance === 'disks');
    expect([...new Set(seen.map(({ device, operation, severity }) => `${device} ${operation} ${severity}`))]).toEqual(
      expect.arrayContaining(['sda read critical', 'sda write warning', 'sdb read warning']),
    );
    expect(seen).not.toContainEqual(expect.objectContaining({ device: 'sda', operation: 'read', severity: 'warning' }));
  });
});
