import { join } from 'node:path';
import { LoopDevice } from '../../harness/loop_device.js';
import { Workload } from '../../harness/workload.js';
import type { Pod } from './pod.js';

/** Repeats a little of everything that the shipped probes count. Needs root, losetup and a memory controller. */
export class MixedLoad {
  readonly #workload = new Workload();
  readonly #disk = new LoopDevice();
  readonly #brokenDisk = new LoopDevice();
  readonly #ordinary: (string | number)[][];
  readonly #inPod: (string | number)[][];
  readonly #pod: Pod;
  #running: Promise<void> | undefined;
  #stopped = false;
  #rounds = 0;

  /** @param teller as in test/fixtures/bpf/records.bpf.c. @param pod where a part of it runs */
  constructor(teller: number, pod: Pod) {
    this.#pod = pod;
    const file = join(this.#workload.folder, 'file');
    this.#brokenDisk.empty();
    this.#ordinary = [
      ['throttled', 5, 2],
      ['execs', 3],
      ['failing-execs', 2],
      ['forks', 3],
      ['threads', 3],
      ['exits', 2, 3],
      ['jobs', 3, 2000],
      ['killed', 1, 'SIGSEGV'],
      ['killed', 1, 'SIGKILL'],
      ['services', 2, 1, 'service'],
      ['services', 2, 'KILL', 'service'],
      ['opens', 5, '/etc/passwd'],
      ['failing-open', 2, 'ENOENT'],
      ['failing-open', 2, 'ENOTDIR'],
      ['write', 20, 4096, file],
      ['read', 20, 1024, file],
      ['block', 20, this.#disk.path, 4096, 'read'],
      ['block', 20, this.#disk.path, 8192, 'write'],
      ['block', 2, this.#brokenDisk.path, 4096, 'failing-read'],
      ['passes', 2, this.#disk.path, 'read'],
      ['passes', 1, this.#disk.path, 'map'],
      // The same port in each round: its counters grow.
      ['--port', 23456, 'tcp', 5],
      ['tcp-reset', 2],
      ['tcp-refused', 2],
      ['tcp-retransmits', 1],
      ['tcp-waiting', 5, 1500, 2],
      ['udp-refused', 3],
      ['udp-full', 3],
      ['udp-unread', 3],
      ['interrupted', 3],
      ['call', 5, 20, 'compat'],
      ['oom', 1, 16 << 20],
      // Long enough for two scrapes, because each round has a new cgroup.
      ['reclaim', 500, 2 << 20, this.#disk.path],
      ['refused', 3, 'EPERM'],
      ['refused', 3, 'ENOSPC'],
      ['--login', 65534, 'turns-to-root', 1],
      ['--login', 65534, 'bpf-loads', 1],
      ['spin', 30, 'kernel'],
      ['values', 3, teller * 256, 1, 2, 3],
      ['values', 3, teller * 256 + 2, 1],
      ['spin', 30, 'user'],
    ];
    this.#inPod = [
      ['spin', 30, 'user'],
      ['write', 20, 4096, file],
      ['--port', 23457, 'tcp', 2],
      ['tcp-refused', 2],
      ['refused', 3, 'EPERM'],
      ['oom', 1, 16 << 20],
      ['services', 2, 3, 'service'],
    ];
  }

  start(): void {
    this.#workload.makeNoise('blocked', 1, 3600);
    this.#running = this.#run();
  }

  /** How often everything has been done. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Resolves when the current round is over. Rejects with the error of a workload that failed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    try {
      await this.#running;
    } finally {
      this.#disk.detach();
      this.#brokenDisk.detach();
      await this.#workload.close();
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      for (const words of this.#ordinary) await this.#workload.perform(...words);
      for (const words of this.#inPod) await this.#workload.performBy(this.#pod.wrapper, ...words);
      this.#rounds++;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
