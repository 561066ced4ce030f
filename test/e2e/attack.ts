import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
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

/** A scrape as Prometheus makes it, over a connection of its own. Status 0: the connection was reset. */
export function scrapeOnce({ url }: RunningExporter, path = '/metrics'): Promise<Measured> {
  const begin = performance.now();
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (status: number) => resolve({ status, milliseconds: performance.now() - begin, bytes });
    get(`${url}${path}`, { agent: new Agent(), headers: { accept: 'text/plain' } }, (response) => {
      response.on('data', (data: Buffer) => (bytes += data.length));
      response.on('end', () => done(response.statusCode ?? 0));
      response.on('error', () => done(0));
    }).on('error', () => done(0));
  });
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
