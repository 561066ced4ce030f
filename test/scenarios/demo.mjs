/**
 * Runs everything on loopback: the exporter, Prometheus with the rules, Alertmanager, Grafana with the dashboards (if
 * installed), and a light load of many kinds. Prints the notifications of Alertmanager. Ctrl-C stops everything.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertmanagerLink, alertsLink } from './demo_links.mjs';
import { findGrafana, startGrafana } from './grafana.mjs';
import { textOf } from './receiver.mjs';
import { preamble } from './scenario.mjs';
import { freePort } from './service.mjs';
import { startStack } from './stack.mjs';
import { Workspace } from './workspace.mjs';

if (process.getuid?.() !== 0) {
  console.error('The demo loads BPF programs, which needs root. Run it with sudo.');
  process.exit(1);
}
const cancellation = new AbortController();
// The handlers stay in place during the clean-up, so a second Ctrl-C cannot interrupt it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => cancellation.abort());

/** Keys of the printed alerts. @type {Set<string>} */
const printed = new Set();
const grafana = findGrafana();
const grafanaPort = await freePort();
const stack = await startStack({ onNotification: print, grafana: `http://127.0.0.1:${grafanaPort}` });
const workspace = new Workspace();
try {
  if (!cancellation.signal.aborted) await gentleLoad();
  if (!cancellation.signal.aborted) await printLinks();
  await sleep(2 ** 31 - 1, undefined, { signal: cancellation.signal }).catch(() => undefined);
  console.log('Stopping everything ...');
} finally {
  await workspace.end();
  await stack.stop();
}

async function printLinks() {
  console.log(`
Open ${stack.exporter.url}/ first: what this host does now, and who does most of it.

Prometheus    ${await alertsLink(stack.prometheus.url)}
Alertmanager  ${await alertmanagerLink(stack.alertmanager.url)}
${await grafanaLine()}

${preamble}
A light load is running: programs, files and connections, some of which fail. Notifications are printed here.
The first alert fires within a minute or so; docs/scenarios.md shows how to cause others. Ctrl-C stops everything.`);
}

/** @returns {Promise<string>} the URL of Grafana, or why there is none */
async function grafanaLine() {
  if (grafana === undefined) {
    return `Grafana       is not installed. In another Grafana, add ${stack.prometheus.url} as a Prometheus data source and import dashboards/*.json`;
  }
  try {
    const options = { folder: join(stack.folder, 'grafana'), port: grafanaPort, prometheus: stack.prometheus.url };
    const service = await startGrafana(grafana, options);
    workspace.cleanUp(service.stop);
    return `Grafana       ${service.url}/d/santabpf-overview`;
  } catch (error) {
    return `Grafana       did not start. ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * Prints only changed alerts: Alertmanager sends a whole group whenever one alert in it changes.
 *
 * @param {import('./receiver.mjs').Notification} notification
 */
function print({ alerts }) {
  const time = new Date().toTimeString().slice(0, 8);
  for (const alert of alerts) {
    const key = JSON.stringify([alert.labels, alert.startsAt, alert.status]);
    if (printed.has(key)) continue;
    printed.add(key);
    const { runbook_url: runbook = '', dashboard_url: dashboard } = alert.annotations;
    const links = grafana === undefined ? [] : [`Dashboard: ${dashboard}`];
    links.push(`Runbook: ${runbook.replace(/^.*(?=docs\/)/, '')}`);
    console.log(`\n${time} ${alert.status}: ${textOf(alert)}\n${links.join('\n')}`);
  }
}

/** Starts the load, which takes a few per cent of one CPU. */
async function gentleLoad() {
  const port = await freePort();
  const file = join(workspace.folder, 'notes');
  writeFileSync(file, '');
  truncateSync(file, 1 << 20);
  const scripts = {
    'build-job': 'while :; do ls / > /dev/null; cat notes > /dev/null; sleep 0.5; done',
    'note-taker': 'while :; do echo "$RANDOM" >> diary; sync diary; tail -c 1000 diary > last; sleep 1; done',
    'web-shop': `while :; do : < /dev/tcp/127.0.0.1/${new URL(stack.exporter.url).port}; : < /dev/tcp/127.0.0.1/${port}; sleep 2; done 2> /dev/null`,
    calculator: 'while :; do for ((i = 0; i < 20000; i++)); do :; done; sleep 1; done',
    'nosy-neighbour': 'while :; do setpriv --reuid=65534 --clear-groups cat /etc/shadow; sleep 3; done 2> /dev/null',
    // Crashes often enough to fire an alert, then pauses until it resolves.
    supervisor: 'sleep 20; while :; do for try in 1 2 3 4 5 6; do ./flaky-service; sleep 2; done; sleep 240; done',
  };
  workspace.script('flaky-service', 'ulimit -c 0; kill -SEGV $$');
  for (const [name, text] of Object.entries(scripts)) workspace.run(workspace.script(name, text));
}
