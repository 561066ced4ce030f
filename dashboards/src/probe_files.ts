import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageFolder } from '../../src/package_folder.js';

/** What the metrics of shipped probes say about themselves. */
export interface ProbeMetric {
  readonly probe: string;
  /** Its series have the labels of the setting `identity` that name a command. */
  readonly hasCommand: boolean;
  /** Its series have the labels of the setting `identity` that name a cgroup: unit, namespace, pod and so on. */
  readonly hasPlace: boolean;
}

interface ProbeFile {
  readonly probe: string;
  readonly metrics: readonly {
    readonly name: string;
    readonly identity?: { readonly command?: string; readonly cgroup?: string };
  }[];
}

interface Shipped {
  readonly metrics: ReadonlyMap<string, ProbeMetric>;
  readonly enabled: readonly string[];
}

/** Read when a panel needs it. Dashboards of users' own probes are also written where no shipped probe is installed. */
let shipped: Shipped | undefined;

/**
 * The metric of a shipped probe; undefined for the exporter's own and for those of other probes. The files are read on the first call.
 * @param name with the default prefix; a part of a histogram counts as the histogram
 */
export function probeMetric(name: string): ProbeMetric | undefined {
  const { metrics } = read();
  return metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
}

/** Whether the default configuration runs a shipped probe. */
export function isEnabled(probe: string): boolean {
  return read().enabled.includes(probe);
}

function read(): Shipped {
  if (shipped === undefined) {
    const config = join(packageFolder, 'config');
    if (!existsSync(join(config, 'probes'))) return { metrics: new Map(), enabled: [] };
    const yaml = (path: string): unknown => parse(readFileSync(join(config, path), 'utf8'), { merge: true });
    const files = readdirSync(join(config, 'probes')).map((file) => yaml(`probes/${file}`) as ProbeFile);
    const metrics = files.flatMap((file) =>
      file.metrics.map(({ name, identity }) => {
        const found = {
          probe: file.probe,
          hasCommand: identity?.command !== undefined,
          hasPlace: identity?.cgroup !== undefined,
        };
        return [`santabpf_${name}`, found] as const;
      }),
    );
    const { probes } = yaml('santabpf.yaml') as { readonly probes: readonly string[] };
    shipped = { metrics: new Map(metrics), enabled: probes };
  }
  return shipped;
}
