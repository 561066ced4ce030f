import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { hastened, scrapeInterval } from './pace.mjs';
import { startReceiver } from './receiver.mjs';
import { freePort, startService } from './service.mjs';

/** @typedef {Awaited<ReturnType<typeof startStack>>} Stack */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the shipped rules look for Grafana. */
const placeholder = 'http://localhost:3000';

/** A scrape must end within 2 s here where it has 10 s in life, on a machine that is made to have no CPU left. */
const preferred = { nice: -10 };

/** What the alerts call this machine. */
export const instance = hostname();

/**
 * The shipped exporter, rules and Alertmanager configuration on loopback ports, with data in a temporary folder and
 * time that passes faster (pace.mjs).
 *
 * @param {{ tell?: (notification: import('./receiver.mjs').Notification) => void, grafana?: string }} [options] what
 *   is told of every notification, and the URL that links to dashboards shall lead to
 */
export async function startStack({ tell, grafana = placeholder } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-scenario-'));
  /** @type {(() => Promise<void>)[]} */
  const endings = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let ending = endings.pop(); ending; ending = endings.pop()) await ending();
  };
  try {
    const receiver = await startReceiver(tell);
    endings.push(receiver.stop);
    const alertmanager = await startAlertmanager(folder, [
      { name: 'admins', webhook_configs: [webhook(receiver.url)] },
    ]);
    endings.push(alertmanager.stop);

    const exporterPort = await freePort();
    const exporter = await startService(
      process.execPath,
      [
        join(root, 'dist/main.js'),
        `--config.file=${join(root, 'config/santabpf.yaml')}`,
        `--web.listen-address=127.0.0.1:${exporterPort}`,
        '--log.format=json',
      ],
      `http://127.0.0.1:${exporterPort}`,
      '/-/ready',
      preferred,
    );
    endings.push(exporter.stop);

    const prometheusPort = await freePort();
    writePrometheus(folder, exporterPort, alertmanager.url, grafana);
    const prometheus = await startService(
      'prometheus',
      [
        `--config.file=${folder}/prometheus.yaml`,
        `--storage.tsdb.path=${folder}/prometheus`,
        `--web.listen-address=127.0.0.1:${prometheusPort}`,
        '--log.level=warn',
      ],
      `http://127.0.0.1:${prometheusPort}`,
      '/-/ready',
      preferred,
    );
    endings.push(prometheus.stop);
    return { folder, exporter, prometheus, alertmanager, receiver, since: Date.now(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} url */
export function webhook(url) {
  return { url, send_resolved: true };
}

/**
 * Alertmanager with the shipped routes, inhibitions and templates, and other receivers.
 *
 * @param {string} folder for its configuration and data
 * @param {readonly object[]} receivers in the place of the shipped ones
 */
export async function startAlertmanager(folder, receivers) {
  const shipped = join(root, 'alerts/alertmanager');
  const configuration = parse(hastened(readFileSync(join(shipped, 'alertmanager.yaml'), 'utf8')));
  const file = join(folder, 'alertmanager.yaml');
  writeFileSync(file, stringify({ ...configuration, templates: [join(shipped, 'santabpf.tmpl')], receivers }));
  const address = `127.0.0.1:${await freePort()}`;
  return startService(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    `http://${address}`,
    '/-/ready',
    preferred,
  );
}

/** @param {string} folder @param {number} exporterPort @param {string} alertmanager its URL @param {string} grafana its URL */
function writePrometheus(folder, exporterPort, alertmanager, grafana) {
  const shipped = join(root, 'alerts/rules');
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  for (const name of readdirSync(shipped)) {
    const text = hastened(readFileSync(join(shipped, name), 'utf8'));
    writeFileSync(join(rules, name), text.replaceAll(placeholder, grafana));
  }
  const interval = `${scrapeInterval}s`;
  const configuration = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [join(rules, '*.yaml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    scrape_configs: [
      {
        job_name: 'santabpf',
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`], labels: { instance } }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration));
}
