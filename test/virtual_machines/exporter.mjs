/** The exporter in a virtual machine. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// An emulated machine on a busy host starts slowly.
const timeout = 600_000;

/**
 * Reads a configuration as the exporter does, and keeps it in the exporter's cache. The exporter stops a reading after ten seconds of CPU time,
 * in which an emulated machine on a busy host may not finish.
 *
 * @param {string} dist folder of the build
 * @param {string} file path of the configuration
 * @param {string} cache folder
 */
export async function readAhead(dist, file, cache) {
  const { build } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'));
  const task = { kind: 'configuration', file, switches: [], keep: { folder: cache, build } };
  const reader = fork(join(dist, 'reader_process.js'), [JSON.stringify(task), String(process.pid), '300'], {
    serialization: 'advanced',
  });
  const ended = once(reader, 'close');
  const [answer] = await Promise.race([once(reader, 'message'), ended]);
  await ended;
  if (!answer?.value) throw new Error(`${file} was not read: ${JSON.stringify(answer)}`);
}

/** @param {() => boolean} hasEnded whether the exporter has ended, and will not start again by itself */
export async function untilReady(hasEnded) {
  const deadline = Date.now() + timeout;
  while (!(await isReady())) {
    if (hasEnded() || Date.now() > deadline) throw new Error('The exporter did not become ready');
    await sleep(100);
  }
}

async function isReady() {
  try {
    await page('/-/ready');
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<readonly import('./table.mjs').ProbeStatus[]>} */
export async function statuses() {
  return /** @type {{ probes: import('./table.mjs').ProbeStatus[] }} */ (JSON.parse(await page('/probes'))).probes;
}

/**
 * @param {string} path
 * @returns {Promise<string>} what the exporter serves there
 */
export async function page(path) {
  // The exporter closes a connection that a synchronous command has left unused for seconds.
  const response = await fetch(`http://127.0.0.1:10225${path}`, { headers: { connection: 'close' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}
