import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWebConfiguration } from '../../src/http/web_configuration.js';
import { WebConfigurationFile } from '../../src/http/web_configuration_file.js';
import { keptLog } from '../harness/kept_log.js';
import { eventually } from '../harness/waiting.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-web-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A watched file whose contents name other files than the ones before, and can only be used after a restart. */
async function watched() {
  const file = join(folder, 'web.yaml');
  const certificate = join(folder, 'server.crt');
  writeFileSync(file, '');
  writeFileSync(certificate, '');
  const plain = readWebConfiguration(file);
  let checks = 0;
  const secure = {
    ...plain,
    // Each check asks for them once.
    get files() {
      checks++;
      return [file, certificate];
    },
    tls: { clientAuth: 'NoClientCert' } as NonNullable<typeof plain.tls>,
  };
  const { logger, lines } = keptLog();
  let reads = 0;
  const web = await WebConfigurationFile.open(file, async () => (reads++ === 0 ? secure : plain), logger);
  return { file, web, lines, reads: () => reads, checks: () => checks };
}

test('a refused configuration that names other files is read and logged once', async () => {
  const { file, web, lines, reads, checks } = await watched();
  writeFileSync(file, '# changed');
  web.follow(1);
  await eventually(() => checks() > 8);
  expect([reads(), lines.map(({ code }) => code)]).toEqual([2, ['WEB_CONFIG_NEEDS_RESTART']]);
  writeFileSync(file, '# changed again');
  await eventually(() => reads() === 3);
  web.close();
});
