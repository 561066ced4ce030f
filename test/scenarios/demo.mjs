/**
 * Everything on loopback: exporter, Prometheus with the rules, Alertmanager, Grafana with the dashboards if the machine has
 * it, and gentle load of many kinds. Prints what Alertmanager sends. Ctrl-C ends all of it.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGrafana, startGrafana } from './grafana.mjs';
import { Life } from './life.mjs';
import { textOf } from './receiver.mjs';
import { preamble } from './scenario.mjs';
import { freePort } from './service.mjs';
import { startStack } from './stack.mjs';

if (process.getuid?.() !== 0) {
  console.error('Expected root, which BPF programs need. Run it with sudo.');
  process.exit(1);
}
const over = new AbortController();
// Until everything is ended, however often Ctrl-C is pressed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => over.abort());

/** Changes that were printed. @type {Set<string>} */
const told = new Set();
const grafana = findGrafana();
const grafanaPort = await freePort();
const stack = await startStack({ tell: print, grafana: `http://127.0.0.1:${grafanaPort}` });
const life = new Life();
try {
  console.log(`
Exporter      ${stack.exporter.url}/
Prometheus    ${stack.prometheus.url}/alerts
Alertmanager  ${stack.alertmanager.url}/`);
  await gentleLoad();
  if (!over.signal.aborted) console.log(await grafanaLine());
  if (!over.signal.aborted) {
    console.log(`
${preamble}
Gentle load runs: programs, files, connections, some of which fail. What Alertmanager sends is printed here.
To see an alert, make trouble (docs/scenarios.md), or wait a minute for the first one. Ctrl-C ends everything.`);
  }
  await sleep(2 ** 31 - 1, undefined, { signal: over.signal }).catch(() => undefined);
  console.log('Ending everything ...');
} finally {
  await life.end();
  await stack.stop();
}

/** @returns {Promise<string>} where Grafana is, or why it is not */
async function grafanaLine() {
  if (grafana === undefined) {
    return `Grafana       is not on this machine; one elsewhere takes ${stack.prometheus.url} as a Prometheus data source, and dashboards/*.json`;
  }
  try {
    const where = { folder: join(stack.folder, 'grafana'), port: grafanaPort, prometheus: stack.prometheus.url };
    const service = await startGrafana(grafana, where);
    life.undo(service.stop);
    return `Grafana       ${service.url}/d/santabpf-overview`;
  } catch (error) {
    return `Grafana       did not start. ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * What is new in it: Alertmanager sends all of a group whenever one of it changes.
 *
 * @param {import('./receiver.mjs').Notification} notification
 */
function print({ alerts }) {
  const time = new Date().toTimeString().slice(0, 8);
  for (const alert of alerts) {
    const key = JSON.stringify([alert.labels, alert.startsAt, alert.status]);
    if (told.has(key)) continue;
    told.add(key);
    const { runbook_url: runbook = '', dashboard_url: dashboard } = alert.annotations;
    const links = grafana === undefined ? [] : [`Dashboard: ${dashboard}`];
    links.push(`Runbook: ${runbook.replace(/^.*(?=docs\/)/, '')}`);
    console.log(`\n${time} ${alert.status}: ${textOf(alert)}\n${links.join('\n')}`);
  }
}

/** A few per cent of one CPU. */
async function gentleLoad() {
  const port = await freePort();
  const file = join(life.folder, 'notes');
  writeFileSync(file, '');
  truncateSync(file, 1 << 20);
  const scripts = {
    'build-job': 'while :; do ls / > /dev/null; cat notes > /dev/null; sleep 0.5; done',
    'note-taker': 'while :; do echo "$RANDOM" >> diary; sync diary; tail -c 1000 diary > last; sleep 1; done',
    'web-shop': `while :; do : < /dev/tcp/127.0.0.1/${new URL(stack.exporter.url).port}; : < /dev/tcp/127.0.0.1/${port}; sleep 2; done 2> /dev/null`,
    calculator: 'while :; do for ((i = 0; i < 20000; i++)); do :; done; sleep 1; done',
    'nosy-neighbour': 'while :; do setpriv --reuid=65534 --clear-groups cat /etc/shadow; sleep 3; done 2> /dev/null',
    // Crashes often enough for an alert, then lasts long enough for its end.
    supervisor: 'sleep 20; while :; do for try in 1 2 3 4 5 6; do ./flaky-service; sleep 2; done; sleep 240; done',
  };
  life.script('flaky-service', 'ulimit -c 0; kill -SEGV $$');
  for (const [name, text] of Object.entries(scripts)) life.run(life.script(name, text));
}
