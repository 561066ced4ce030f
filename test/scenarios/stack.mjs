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

/** What the alerts call this machine. */
export const instance = hostname();

/**
 * The shipped exporter, rules and Alertmanager configuration on loopback ports, with data in a temporary folder and
 * time that passes faster (pace.mjs).
 *
 * @param {{ tell?: (notification: import('./receiver.mjs').Notification) => void }} [options]
 */
export async function startStack({ tell } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-scenario-'));
  /** @type {(() => Promise<void>)[]} */
  const endings = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let ending = endings.pop(); ending; ending = endings.pop()) await ending();
  };
  try {
    const receiver = await startReceiver(tell);
    endings.push(receiver.stop);
    const [exporterPort, prometheusPort, alertmanagerPort] = [await freePort(), await freePort(), await freePort()];

    writeAlertmanager(folder, receiver.url);
    const alertmanager = await startService(
      'prometheus-alertmanager',
      [
        `--config.file=${folder}/alertmanager.yaml`,
        `--storage.path=${folder}/alertmanager`,
        `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      `http://127.0.0.1:${alertmanagerPort}`,
      '/-/ready',
    );
    endings.push(alertmanager.stop);

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
    );
    endings.push(exporter.stop);

    writePrometheus(folder, exporterPort, alertmanagerPort);
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
    );
    endings.push(prometheus.stop);
    return { folder, exporter, prometheus, alertmanager, receiver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} folder @param {string} url of the receiver */
function writeAlertmanager(folder, url) {
  const shipped = join(root, 'alerts/alertmanager');
  const configuration = parse(hastened(readFileSync(join(shipped, 'alertmanager.yaml'), 'utf8')));
  configuration.templates = [join(shipped, 'santabpf.tmpl')];
  for (const receiver of configuration.receivers) receiver.webhook_configs = [{ url, send_resolved: true }];
  writeFileSync(join(folder, 'alertmanager.yaml'), stringify(configuration));
}

/** @param {string} folder @param {number} exporterPort @param {number} alertmanagerPort */
function writePrometheus(folder, exporterPort, alertmanagerPort) {
  const shipped = join(root, 'alerts/rules');
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  for (const name of readdirSync(shipped)) {
    writeFileSync(join(rules, name), hastened(readFileSync(join(shipped, name), 'utf8')));
  }
  const interval = `${scrapeInterval}s`;
  const configuration = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [join(rules, '*.yaml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: [
      {
        job_name: 'santabpf',
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`], labels: { instance } }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(configuration));
}
