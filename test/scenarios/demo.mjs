/**
 * Everything on loopback: exporter, Prometheus with the rules, Alertmanager, and gentle load of many kinds. Prints what
 * Alertmanager sends. Ctrl-C ends all of it.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => over.abort());

const stack = await startStack({
  tell({ alerts }) {
    const time = new Date().toLocaleTimeString();
    for (const alert of alerts) console.log(`\n${time} ${alert.status}: ${textOf(alert)}`);
  },
});
const life = new Life();
try {
  console.log(`Exporter      ${stack.exporter.url}/
Prometheus    ${stack.prometheus.url}/alerts
Alertmanager  ${stack.alertmanager.url}/
Grafana       add ${stack.prometheus.url} as a Prometheus data source and import dashboards/*.json
${preamble}
Gentle load runs: programs, files, connections, some of which fail. To see an alert, make trouble: docs/scenarios.md.
Ctrl-C ends everything.`);
  await gentleLoad();
  await sleep(2 ** 31 - 1, undefined, { signal: over.signal }).catch(() => undefined);
} finally {
  await life.end();
  await stack.stop();
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
    'nosy-neighbour': 'while :; do : < /etc/shadow; sleep 3; done 2> /dev/null',
    'flaky-service': "while :; do sh -c 'ulimit -c 0; kill -SEGV $$'; sleep 120; done",
  };
  for (const [name, text] of Object.entries(scripts)) life.run(life.script(name, text));
}
