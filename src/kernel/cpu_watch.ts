import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something that must act on every CPU that is online. */
export interface CpuFollower {
  /** @param cpus numbers of the CPUs that are online now */
  follow(cpus: readonly number[]): void;
}

/**
 * Tells its followers once a second which CPUs are online. It tells them even if the list has not changed: a CPU may have been
 * offline for less than that. Without followers it does nothing.
 */
export class CpuWatch {
  readonly #list: string;
  readonly #intervalMs: number;
  readonly #followers = new Set<CpuFollower>();
  #timer: NodeJS.Timeout | undefined;

  /** @param sys the sysfs */
  constructor(sys: string, intervalMs = 1000) {
    this.#list = join(sys, 'devices/system/cpu/online');
    this.#intervalMs = intervalMs;
  }

  add(follower: CpuFollower): void {
    this.#followers.add(follower);
    this.#timer ??= setInterval(() => this.#look(), this.#intervalMs).unref();
  }

  remove(follower: CpuFollower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    let cpus: number[];
    try {
      cpus = parseCpuList(readFileSync(this.#list, 'utf8'));
    } catch {
      return;
    }
    for (const follower of this.#followers) follower.follow(cpus);
  }
}

/** The numbers in a list of the kernel, such as `0-3,8`. */
export function parseCpuList(text: string): number[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last]) => {
    const start = Number(first);
    return Array.from({ length: Number(last ?? first) - start + 1 }, (_, i) => start + i);
  });
}
