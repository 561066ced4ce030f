import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A running child process.
 *
 * @typedef {object} Service
 * @property {string} url
 * @property {(signal: NodeJS.Signals) => void} kill
 * @property {() => Promise<void>} stop
 * @property {() => string} log the last 20,000 characters of its output
 */

/**
 * Starts a server and waits until it answers at `ready`.
 *
 * @param {string} command
 * @param {readonly string[]} words arguments of the command
 * @param {string} url
 * @param {string} ready path that answers 200 once it serves
 * @param {{ timeout?: number, nice?: number }} [options] seconds until it must be ready; nice value
 * @returns {Promise<Service>}
 */
export async function startService(command, words, url, ready, { timeout = 30, nice = 0 } = {}) {
  const child = spawn('nice', ['-n', `${nice}`, command, ...words], {
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
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
  for (const deadline = Date.now() + 1000 * timeout; Date.now() < deadline && !over; ) {
    if (await answers(url + ready)) return service;
    await sleep(100);
  }
  await service.stop();
  throw new Error(`${command} did not become ready at ${url}${ready}. It printed:\n${log}`);
}

/**
 * Sets the nice value of a session. With CONFIG_SCHED_AUTOGROUP a process's own nice value counts only within its session.
 *
 * @param {number | undefined} pid leader of a session
 * @param {number} nice
 */
function preferSession(pid, nice) {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, `${nice}`);
  } catch {
    // Without autogroups the nice value is enough; without root it cannot be lowered.
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

/** @returns {Promise<number>} a free TCP port of 127.0.0.1 */
export async function freePort(wanted = 0) {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Finds a port for a server. Ephemeral ports do not work: metrics show all of them as `ephemeral`.
 *
 * @param {number} first
 * @returns {Promise<number>} the first free TCP port of 127.0.0.1 from there on
 */
export async function freeServicePort(first) {
  for (let port = first; ; port++) {
    try {
      return await freePort(port);
    } catch {
      if (port - first > 100) throw new Error(`No TCP port from ${first} to ${port} is free`);
    }
  }
}
