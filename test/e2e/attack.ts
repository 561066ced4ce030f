import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import type { RunningExporter } from '../harness/exporter.js';

/** What a measured scrape took and weighed. */
export interface Measured {
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Connections of a hostile client to one exporter. */
export class Attack {
  readonly sockets: Socket[] = [];
  readonly #port: number;

  constructor({ url }: RunningExporter) {
    this.#port = Number(new URL(url).port);
  }

  /** Opens a connection that sends `bytes` and reads nothing. @param from a loopback address */
  async open(bytes = '', from = '127.0.0.2'): Promise<Socket> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    socket.pause();
    this.sockets.push(socket);
    await new Promise((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', resolve);
    });
    if (bytes !== '') socket.write(bytes);
    return socket;
  }

  end(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }
}

const SCRAPER = `
const { get } = require('node:http');
const begin = performance.now();
let bytes = 0;
const done = (status) => process.stdout.write(JSON.stringify({ status, bytes, milliseconds: performance.now() - begin }));
get(process.argv[1], { headers: { accept: 'text/plain' } }, (response) => {
  response.on('data', (data) => (bytes += data.length));
  response.on('end', () => done(response.statusCode));
  response.on('error', () => done(0));
}).on('error', () => done(0));`;

/** A scrape from a process of its own, which no attack in this process delays. Status 0: the connection was reset. */
export async function scrapeApart({ url }: RunningExporter): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRAPER, `${url}/metrics`]);
  return JSON.parse(stdout) as Measured;
}

/** Resident memory of a process in MiB: now, and at most since the last `forgetPeak`. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const mebibytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
