/** What runs beside a workload: nothing, one empty program, an exporter. A state begins and ends without touching the workload. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, launch } from './children.js';
import { configurationFile, defaultProbes } from './configuration.js';
import { ExporterProcess } from './exporter_process.js';
import { attachProbe, emptyPrograms } from './probe_requests.js';
import { root } from './root.js';
import { UsageFault } from './usage.js';

export interface State {
  readonly title: string;
  /** Resolves when all programs are attached, to the function that detaches them. */
  begin(): Promise<() => Promise<void>>;
}

export interface StateOptions {
  /** More states: `NAME` is one probe alone, `-NAME` the default set without it. */
  readonly more: readonly string[];
  /** Command and arguments of another exporter. */
  readonly peer: readonly string[];
  /** For configuration files; the caller removes it. */
  readonly folder: string;
}

export const off: State = { title: 'off', begin: async () => async () => {} };

/** One empty program on the exit of system calls: the least that any exporter with such a program costs. */
export const floor: State = {
  title: 'empty program',
  async begin() {
    const probe = await attachProbe(emptyPrograms(['tp_btf/sys_exit']));
    return async () => probe.close();
  },
};

/** All states of a comparison: off, the floor and the default set come first, then the peer if there is one. */
export function statesOf({ more, peer, folder }: StateOptions): State[] {
  const exporters = more.map((name) =>
    name.startsWith('-') ? without(name.slice(1), folder) : exporter(name, folder, [shippedProbe(name)]),
  );
  return [off, floor, exporter('default set', folder), ...(peer.length > 0 ? [otherExporter(peer)] : []), ...exporters];
}

function without(name: string, folder: string): State {
  const probes = defaultProbes();
  if (!probes.includes(name)) {
    throw new UsageFault(`"${name}" is not a default probe. Choose one of: ${probes.join(', ')}.`);
  }
  return exporter(
    `all but ${name}`,
    folder,
    probes.filter((probe) => probe !== name),
  );
}

function shippedProbe(name: string): string {
  if (existsSync(join(root, `config/probes/${name}.yaml`))) return name;
  throw new UsageFault(`There is no probe "${name}" in config/probes.`);
}

function exporter(title: string, folder: string, probes?: readonly string[]): State {
  const configFile = configurationFile(folder, probes);
  return {
    title,
    async begin() {
      const running = await ExporterProcess.start({ configFile });
      // The first scrape does work that no later one does.
      await running.get('/metrics');
      return () => running.stop();
    },
  };
}

/** Ready when its page answers. */
function otherExporter([command = '', ...parameters]: readonly string[]): State {
  const address = /^--web\.listen-address=.*?(\d+)$/m.exec(parameters.join('\n'))?.[1] ?? '9435';
  return {
    title: 'peer',
    async begin() {
      const child = launch(command, parameters, { stdio: 'ignore' });
      const failed = new Promise<never>((_, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`${command} ended with ${code} before it answered`)));
      });
      // Its end is expected later.
      failed.catch(() => {});
      await Promise.race([answers(`http://127.0.0.1:${address}/metrics`), failed]);
      return () => end(child);
    },
  };
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // It does not listen yet.
    }
    await sleep(10);
  }
  throw new Error(`${url} does not answer`);
}
