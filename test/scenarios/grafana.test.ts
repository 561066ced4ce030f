import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findGrafana, startGrafana } from './grafana.mjs';
import { freePort } from './service.mjs';

// Writes its arguments to a file and reports that it is healthy.
const standIn = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
writeFileSync(__dirname + '/words', JSON.stringify(process.argv.slice(2)));
const settings = readFileSync(process.argv.at(-1).replace('--config=', ''), 'utf8');
const port = Number(/http_port = (\\d+)/.exec(settings)[1]);
require('node:http').createServer((request, response) => {
  response.statusCode = request.url === '/api/health' ? 200 : 404;
  response.end();
}).listen(port, '127.0.0.1');
`;

let machine: string;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'santabpf-grafana-'));
});
afterEach(() => rmSync(machine, { recursive: true }));

function install(folder: string, name: string): string {
  mkdirSync(join(machine, folder), { recursive: true });
  writeFileSync(join(machine, folder, name), standIn, { mode: 0o755 });
  return join(machine, folder, name);
}

test('the newer command is preferred, and a machine without Grafana is no error', () => {
  const path = `${machine}/one:${machine}/two`;
  expect(findGrafana(path)).toBeUndefined();
  const older = install('one', 'grafana-server');
  expect(findGrafana(path)).toBe(older);
  const newer = install('two', 'grafana');
  expect(findGrafana(path)).toBe(newer);
});

test.each([
  ['grafana', ['server']],
  ['grafana-server', []],
])('%s starts with the shipped dashboards and the Prometheus data source', async (name, command) => {
  const program = install('home/bin', name);
  mkdirSync(join(machine, 'home/conf'));
  writeFileSync(join(machine, 'home/conf/defaults.ini'), '');
  const folder = join(machine, 'data');
  const port = await freePort();
  const grafana = await startGrafana(program, { folder, port, prometheus: 'http://127.0.0.1:9' });
  await grafana.stop();

  expect(JSON.parse(readFileSync(join(machine, 'home/bin/words'), 'utf8'))).toEqual([
    ...command,
    `--homepath=${machine}/home`,
    `--config=${folder}/grafana.ini`,
  ]);
  const settings = readFileSync(join(folder, 'grafana.ini'), 'utf8');
  expect(settings).toContain(`http_addr = 127.0.0.1\nhttp_port = ${port}\n`);
  expect(settings).toContain(`provisioning = ${folder}/provisioning\n`);
  const read = (file: string) => parse(readFileSync(join(folder, 'provisioning', file), 'utf8'));
  const { datasources } = read('datasources/prometheus.yaml');
  expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://127.0.0.1:9', isDefault: true }]);
  const { providers } = read('dashboards/santabpf.yaml');
  expect(readdirSync(providers[0].options.path).sort()).toEqual(
    readdirSync('dashboards').filter((file) => file.endsWith('.json')),
  );
});
