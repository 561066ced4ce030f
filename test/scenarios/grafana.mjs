import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { scrapeInterval } from './pace.mjs';
import { startService } from './service.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Seconds until Grafana must be ready; it creates its database first, which takes long on a slow disk. */
const timeout = 120;

/**
 * Finds Grafana: the command `grafana` (version 9.4 or newer), or else `grafana-server` (older versions and packages).
 *
 * @param {string} [path] list of folders to search
 * @returns {string | undefined} its path
 */
export function findGrafana(path = process.env.PATH ?? '') {
  return ['grafana', 'grafana-server']
    .flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)))
    .find((file) => isExecutable(file));
}

/**
 * Starts Grafana on loopback with the shipped dashboards and without a login.
 *
 * @param {string} command result of `findGrafana`
 * @param {{ folder: string, port: number, prometheus: string }} options folder to create for settings and data; URL of Prometheus
 */
export async function startGrafana(command, { folder, port, prometheus }) {
  writeSettings(folder, port, prometheus);
  const home = homeOf(command);
  const words = [
    ...(command.endsWith('grafana') ? ['server'] : []),
    ...(home === undefined ? [] : [`--homepath=${home}`]),
    `--config=${folder}/grafana.ini`,
  ];
  return startService(command, words, `http://127.0.0.1:${port}`, '/api/health', { timeout });
}

/** @param {string} folder @param {number} port @param {string} prometheus */
function writeSettings(folder, port, prometheus) {
  const dashboards = join(folder, 'dashboards');
  for (const part of ['provisioning/datasources', 'provisioning/dashboards', 'data', 'dashboards']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  for (const name of readdirSync(join(root, 'dashboards')).filter((file) => /^santabpf-.*\.json$/.test(file))) {
    cpSync(join(root, 'dashboards', name), join(dashboards, name));
  }
  const source = {
    name: 'Prometheus',
    uid: 'prometheus',
    type: 'prometheus',
    access: 'proxy',
    url: prometheus,
    isDefault: true,
    jsonData: { timeInterval: `${scrapeInterval}s` },
  };
  const provider = { name: 'santabpf', folder: 'SantaBPF', type: 'file', options: { path: dashboards } };
  write('provisioning/datasources/prometheus.yaml', stringify({ apiVersion: 1, datasources: [source] }));
  write('provisioning/dashboards/santabpf.yaml', stringify({ apiVersion: 1, providers: [provider] }));
  write(
    'grafana.ini',
    `[server]
http_addr = 127.0.0.1
http_port = ${port}
[paths]
data = ${folder}/data
logs = ${folder}/data/log
plugins = ${folder}/data/plugins
provisioning = ${folder}/provisioning
[dashboards]
default_home_dashboard_path = ${dashboards}/santabpf-overview.json
min_refresh_interval = 1s
[auth]
disable_login_form = true
[auth.anonymous]
enabled = true
org_role = Editor
[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
[plugins]
preinstall_disabled = true
[log]
mode = console
level = warn
`,
  );

  /** @param {string} name @param {string} text */
  function write(name, text) {
    writeFileSync(join(folder, name), text);
  }
}

/** Grafana's home folder: next to the command in an unpacked archive, /usr/share/grafana in a package. @param {string} command */
function homeOf(command) {
  const unpacked = join(dirname(realpathSync(command)), '..');
  return [unpacked, '/usr/share/grafana'].find((folder) => existsSync(join(folder, 'conf/defaults.ini')));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
