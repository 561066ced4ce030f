/**
 * Starts the bundled exporter and scrapes it once, without loading anything into the kernel, then keeps what V8 compiled of it.
 * `src/bundle.ts` uses it.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** Resolves to the exporter's address when its log has it. @returns {Promise<string>} */
function address() {
  return new Promise((resolve, reject) => {
    let log = '';
    process.once('beforeExit', () => reject(new Error(`The exporter did not start:\n${log}`)));
    process.stderr.write = (/** @type {string | Uint8Array} */ text) => {
      log += text;
      const [, url] = /"url":"([^"]+)"/.exec(log) ?? [];
      if (url !== undefined) resolve(url);
      return true;
    };
  });
}

/** Not with `fetch`, which changes flags of V8: code that was compiled with other flags is refused. @param {string} url */
async function scrape(url) {
  const [response] = await once(get(url), 'response');
  await once(response.resume(), 'end');
}

// Refused as on a host without privilege: a build must not change the kernel.
const addon = require(join(root, 'build/Release/santabpf.node'));
addon.BpfObject = class extends addon.BpfObject {
  async load() {
    throw Object.assign(new Error('not loaded'), { errno: 1, code: 'EPERM', operation: 'load object', log: '' });
  }
};
process.argv.splice(2, Infinity, '--web.listen-address=127.0.0.1:0', '--log.format=json');
const url = address();
const { script } = require(join(root, 'dist/main.js'));
await scrape(`${await url}/metrics`);
writeFileSync(join(root, 'dist/exporter.code'), script.createCachedData());
process.exit();
