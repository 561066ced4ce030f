import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { accelerated, scrapeInterval } from './pace.mjs';
import { startReceiver } from './receiver.mjs';
import { freePort, startService } from './service.mjs';

/** @typedef {Awaited<ReturnType<typeof startStack>>} Stack */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** URL of Grafana in the shipped rules. */
const placeholder = 'http://localhost:3000';

/** The scrape timeout is 2 s instead of the usual 10 s, and some scenarios leave no CPU idle. */
const preferred = { nice: -10 };

/** Value of the label `instance`. */
export const instance = hostname();

/**
 * Starts the exporter, Prometheus and Alertmanager with the shipped configuration and accelerated rules (pace.mjs), on
 * loopback ports and with data in a temporary folder.
 *
 * @param {{ onNotification?: (notification: import('./receiver.mjs').Notification) => void, grafana?: string }} [options]
 *   receives every notification; URL of Grafana for the links in alerts
 */
export async function startStack({ onNotification, grafana = placeholder } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-scenario-'));
  /** @type {(() => Promise<void>)[]} */
  const cleanups = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let ending = cleanups.pop(); ending; ending = cleanups.pop()) await ending();
  };
  try {
    const receiver = await startReceiver(onNotification);
    cleanups.push(receiver.stop);
    const alertmanager = await startAlertmanager(
      folder,
      ['admins', 'news'].map((name) => ({ name, webhook_configs: [webhook(receiver.url)] })),
    );
    cleanups.push(alertmanager.stop);

    const exporter = await startExporter(writeConfiguration(folder));
    cleanups.push(exporter.stop);

    const prometheusPort = await freePort();
    writePrometheus(folder, exporter.url, alertmanager.url, grafana);
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
    cleanups.push(prometheus.stop);
    return { folder, exporter, prometheus, alertmanager, receiver, since: Date.now(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} configuration path of the main file */
export async function startExporter(configuration) {
  const address = `127.0.0.1:${await freePort()}`;
  const words = [`--config.file=${configuration}`, `--web.listen-address=${address}`, '--log.format=json'];
  return startService(
    process.execPath,
    [join(root, 'dist/main.js'), ...words],
    `http://${address}`,
    '/-/ready',
    preferred,
  );
}

/**
 * Has a running Prometheus scrape another exporter, some seconds later.
 *
 * @param {string} folder of the stack
 * @param {string} instance
 * @param {string} url
 * @returns {() => void} ends that
 */
export function scrape(folder, instance, url) {
  const file = join(folder, `targets-${instance}.json`);
  writeFileSync(file, JSON.stringify([{ targets: [new URL(url).host], labels: { instance } }]));
  return () => rmSync(file, { force: true });
}

/** @param {string} url */
export function webhook(url) {
  return { url, send_resolved: true };
}

/**
 * Starts Alertmanager with the shipped routes, inhibitions and templates, accelerated (pace.mjs).
 *
 * @param {string} folder for configuration and data
 * @param {readonly object[]} receivers replace the shipped ones
 */
export async function startAlertmanager(folder, receivers) {
  const shipped = join(root, 'alerts/alertmanager');
  const configuration = parse(accelerated(readFileSync(join(shipped, 'alertmanager.yaml'), 'utf8')));
  const file = join(folder, 'alertmanager.yaml');
  writeFileSync(file, stringify({ ...configuration, templates: [join(shipped, 'santabpf.tmpl')], receivers }));
  const address = `127.0.0.1:${await freePort()}`;
  return startService(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=${address}`,
      `--web.external-url=http://${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    `http://${address}`,
    '/-/ready',
    preferred,
  );
}

/**
 * The shipped configuration with a larger budget: scrapes, which are part of the cost, come 7.5 times as often as usual.
 *
 * @param {string} folder
 * @returns {string} the path of its file
 */
function writeConfiguration(folder) {
  const shipped = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8'));
  const path = join(folder, 'santabpf.yaml');
  const changes = { probe_path: [join(root, 'config/probes')], budget: { percent_of_one_cpu: 8 } };
  writeFileSync(path, stringify({ ...shipped, ...changes }));
  return path;
}

/** @param {string} folder @param {string} exporter its URL @param {string} alertmanager its URL @param {string} grafana its URL */
function writePrometheus(folder, exporter, alertmanager, grafana) {
  const shipped = join(root, 'alerts/rules');
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  for (const name of readdirSync(shipped)) {
    const text = accelerated(readFileSync(join(shipped, name), 'utf8'));
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
        static_configs: [{ targets: [new URL(exporter).host], labels: { instance } }],
        file_sd_configs: [{ files: [join(folder, 'targets-*.json')] }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration));
}
