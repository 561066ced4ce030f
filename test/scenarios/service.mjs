import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process that this one started, and ends.
 *
 * @typedef {object} Service
 * @property {string} url
 * @property {(signal: NodeJS.Signals) => void} kill
 * @property {() => Promise<void>} stop
 * @property {() => string} log what it printed last
 */

/**
 * Starts a server and waits until it answers at `ready`.
 *
 * @param {string} command
 * @param {readonly string[]} options
 * @param {string} url
 * @param {string} ready path that answers 200 once it serves
 * @param {{ patience?: number, nice?: number }} [habits] seconds to wait for that, and the priority it runs with
 * @returns {Promise<Service>}
 */
export async function startService(command, options, url, ready, { patience = 30, nice = 0 } = {}) {
  const child = spawn('nice', ['-n', `${nice}`, command, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (nice !== 0) preferSession(child.pid, nice);
  let log = '';
  /** @param {Buffer} data */
  const keep = (data) => {
    log = (log + data.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'close').catch((error) => keep(Buffer.from(String(error))));
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const service = {
    url,
    log: () => log,
    /** @param {NodeJS.Signals} signal */
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      const stubborn = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(stubborn);
    },
  };
  for (const deadline = Date.now() + 1000 * patience; Date.now() < deadline && !over; ) {
    if (await answers(url + ready)) return service;
    await sleep(100);
  }
  await service.stop();
  throw new Error(`Expected ${command} to answer at ${url}${ready} but it did not:\n${log}`);
}

/**
 * Where the kernel shares the CPUs out among sessions first (CONFIG_SCHED_AUTOGROUP), a nice value counts only within one.
 *
 * @param {number | undefined} pid leader of a session
 * @param {number} nice
 */
function preferSession(pid, nice) {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, `${nice}`);
  } catch {
    // Without such groups the nice value is enough; without root there is no preference.
  }
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** @returns {Promise<number>} a TCP port of 127.0.0.1 that nobody listened on a moment ago */
export async function freePort(wanted = 0) {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Not one of those that the kernel gives out, which metrics do not tell apart.
 *
 * @param {number} first
 * @returns {Promise<number>} the next TCP port of 127.0.0.1 that nobody listened on a moment ago
 */
export async function freeServicePort(first) {
  for (let port = first; ; port++) {
    try {
      return await freePort(port);
    } catch {
      if (port - first > 100) throw new Error(`Expected a free port from ${first} on`);
    }
  }
}
