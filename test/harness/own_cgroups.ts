import { mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const mounts = () =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));

/** The folder of cgroup v2; undefined if it is not mounted. */
export function unifiedFolder(): string | undefined {
  return mounts().find(([, , type]) => type === 'cgroup2')?.[1];
}

/** The folder of a controller of cgroup v1; undefined if it is not mounted. */
export function controllerFolder(controller: string): string | undefined {
  return mounts().find(([, , type, options]) => type === 'cgroup' && options?.split(',').includes(controller))?.[1];
}

/** An empty cgroup. */
export class OwnCgroup {
  readonly folder: string;

  /** @param name below the root, such as `a` or `santa.slice/a.service`; its parents are made, too */
  constructor(
    readonly name: string,
    private readonly root: string = unifiedFolder()!,
  ) {
    this.folder = join(root, name);
    mkdirSync(this.folder, { recursive: true });
  }

  /** As the label `cgroup` shows it. */
  get path(): string {
    return `/${this.name}`;
  }

  /** The kernel's id. */
  get id(): number {
    return statSync(this.folder).ino;
  }

  /** A command that runs the rest of its arguments in the cgroup. The shell becomes the program. */
  get wrapper(): string[] {
    return ['/bin/sh', '-c', `echo $$ > ${this.folder}/cgroup.procs && exec "$0" "$@"`];
  }

  /** Removes it once its processes have ended. Its parents are removed too, unless something else is in them. */
  async remove(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        rmdirSync(this.folder);
        break;
      } catch (error) {
        if (attempt === 100) throw error;
        await sleep(20);
      }
    }
    const parents = this.name.split('/').slice(0, -1);
    try {
      for (; parents.length > 0; parents.pop()) rmdirSync(join(this.root, ...parents));
    } catch {
      // Others are in it.
    }
  }
}
