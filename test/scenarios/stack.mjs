import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { accelerated, scrapeInterval } from './pace.mjs';
import { startReceiver } from './receiver.mjs';
import { freePort, startService } from './service.mjs';

/** @typedef {Awaited<ReturnType<typeof startStack>>} Stack */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The scrape timeout is 2 s instead of the usual 10 s, and some scenarios leave no CPU idle. */
const preferred = { nice: -10 };

/** Value of the label `instance`. */
export const instance = hostname();

/**
 * @typedef {object} Options
 * @property {(notification: import('./receiver.mjs').Notification) => void} [onNotification] receives every notification
 * @property {string} [grafana] URL for the links in alerts
 * @property {string} [identity] labels that say who did it, such as `unit,command`, for exporter and rules; `command` by default
 * @property {boolean} [recorder] whether the flight recorder is on
 */

/**
 * Starts the exporter, Prometheus and Alertmanager with the shipped configuration and accelerated rules (pace.mjs), on
 * loopback ports and with data in a temporary folder.
 *
 * @param {Options} [options]
 */
export async function startStack(options = {}) {
  const { onNotification, recorder = false, identity = 'command' } = options;
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

    const exporter = await startExporter(writeConfiguration(folder, options));
    cleanups.push(exporter.stop);

    const prometheusPort = await freePort();
    writePrometheus(folder, exporter.url, alertmanager.url, options);
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
    return {
      folder,
      exporter,
      prometheus,
      alertmanager,
      receiver,
      recorder,
      identity: identity.split(','),
      since: Date.now(),
      stop,
    };
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
 * @param {Options} options
 * @returns {string} the path of its file
 */
function writeConfiguration(folder, { identity = 'command', recorder = false }) {
  const shipped = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8'));
  const path = join(folder, 'santabpf.yaml');
  const changes = {
    probe_path: [join(root, 'config/probes')],
    budget: { percent_of_one_cpu: 8 },
    ...(identity !== 'command' && { identity: identity.split(',') }),
    ...(recorder && { flight_recorder: { size: '64MB', path: join(folder, 'recorder') } }),
  };
  writeFileSync(path, stringify({ ...shipped, ...changes }));
  return path;
}

/** @param {string} folder @param {string} exporter its URL @param {string} alertmanager its URL @param {Options} options */
function writePrometheus(folder, exporter, alertmanager, { grafana, identity = 'command' }) {
  const rules = join(folder, 'rules');
  // The label `instance` is not the address here.
  const changes = [`links.exporter=${exporter}`, `identity=${identity}`];
  if (grafana !== undefined) changes.push(`links.grafana=${grafana}`);
  const words = ['run', '-s', 'alerts', '--', '--output', rules, ...changes.flatMap((change) => ['--set', change])];
  execFileSync('npm', words, { cwd: root, stdio: 'pipe' });
  for (const name of readdirSync(rules)) {
    const file = join(rules, name);
    writeFileSync(file, accelerated(readFileSync(file, 'utf8')));
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
