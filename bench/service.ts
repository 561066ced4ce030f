import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, launch } from './children.js';
import { busySeconds } from './machine_load.js';
import { root } from './root.js';

/** Debian's packages, unpacked by setup/bench_tools.mjs. */
const tools = join(root, '.cache/bench/tools');
const environment = { ...process.env, LD_LIBRARY_PATH: join(tools, 'usr/lib/x86_64-linux-gnu') };

/** A server, and a load generator that keeps it busy until both are closed. */
export interface Service {
  readonly server: readonly string[];
  readonly generator: readonly string[];
  /** @returns requests that the server has answered so far */
  readonly answered: () => Promise<number>;
}

/** What a service did in a while. */
export interface Work {
  readonly requests: number;
  /** Requests per second. */
  readonly throughput: number;
  /** CPU time of server and generator per request, in seconds. Other work on the machine hardly changes it. */
  readonly cpuSeconds: number;
  /** Share of all CPUs that something else used. */
  readonly others: number;
}

/** A service that runs. The caller closes it. */
export class RunningService {
  readonly #service: Service;
  readonly #children: ChildProcess[] = [];

  private constructor(service: Service) {
    this.#service = service;
  }

  /** Resolves when the generator has been busy for a while. */
  static async start(service: Service): Promise<RunningService> {
    const running = new RunningService(service);
    try {
      running.#launch(service.server);
      await running.#ready();
      running.#launch(service.generator);
      await sleep(2000);
      return running;
    } catch (error) {
      await running.close();
      throw error;
    }
  }

  async work(seconds: number): Promise<Work> {
    const before = await this.#look();
    await sleep(seconds * 1000);
    const after = await this.#look();
    const requests = after.requests - before.requests;
    if (requests === 0) throw new Error(`${this.#service.server[0]} answered no request in ${seconds} s`);
    const own = after.cpu - before.cpu;
    const available = (after.at - before.at) * cpus().length;
    return {
      requests,
      throughput: requests / (after.at - before.at),
      cpuSeconds: own / requests,
      others: Math.max(0, after.allCpu - before.allCpu - own) / available,
    };
  }

  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) await end(child);
  }

  #launch([program = '', ...parameters]: readonly string[]): void {
    const child = launch(join(tools, program), parameters, { env: environment, stdio: 'ignore' });
    // A program that cannot run shows as a server that does not answer.
    child.on('error', () => {});
    this.#children.push(child);
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        await this.#service.answered();
        return;
      } catch {
        // It does not listen yet.
        await sleep(100);
      }
    }
    throw new Error(`${this.#service.server.join(' ')} does not answer; npm run bench unpacks it to ${tools}`);
  }

  async #look(): Promise<{ requests: number; at: number; cpu: number; allCpu: number }> {
    const requests = await this.#service.answered();
    const cpu = this.#children.reduce((sum, { pid }) => sum + cpuSecondsOf(pid!), 0);
    return { requests, at: performance.now() / 1000, cpu, allCpu: busySeconds() };
  }
}

/** CPU time of a process, its threads and its children, in seconds. */
function cpuSecondsOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(join(folder, thread, 'schedstat'), 'latin1').split(' ');
    const children = readFileSync(join(folder, thread, 'children'), 'latin1')
      .split(' ')
      .filter(Boolean);
    return sum + Number(nanoseconds) / 1e9 + children.reduce((total, child) => total + cpuSecondsOf(Number(child)), 0);
  }, 0);
}

/** A TCP port of the loopback address that nobody listens on. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
