import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface ProbeFile {
  readonly probe: string;
  readonly metrics: readonly { readonly name: string }[];
}

const config = new URL('../../../config/', import.meta.url);

function read(path: string): unknown {
  return parse(readFileSync(new URL(path, config), 'utf8'), { merge: true });
}

interface Shipped {
  readonly probeByMetric: ReadonlyMap<string, string>;
  /** Probes of the default configuration. */
  readonly enabled: readonly string[];
}

/** Read when a panel needs it: panels of users' own probes do not. */
let shipped: Shipped | undefined;

function readShipped(): Shipped {
  const probeByMetric = new Map<string, string>(
    readdirSync(new URL('probes/', config)).flatMap((file) => {
      const { probe, metrics } = read(`probes/${file}`) as ProbeFile;
      return metrics.map(({ name }) => [`santabpf_${name}`, probe] as const);
    }),
  );
  return { probeByMetric, enabled: (read('santabpf.yaml') as { readonly probes: readonly string[] }).probes };
}

/**
 * What an empty panel says: that its probe is not running or, with `nothing`, that this is one of two reasons.
 *
 * @param queries what the panel shows: the metrics in them name the probes
 * @param nothing what the host lacks when the panel is empty although the probe runs, e.g. `No OOM kills`
 * @param probe the probe of the panel, if it is not a shipped one
 */
export function emptyText(queries: readonly string[], nothing?: string, probe?: string): string {
  const source = probe === undefined ? sourceOf(queries) : `probe ${probe} is not running`;
  if (nothing !== undefined) return `${nothing}, or ${source}`;
  return source.charAt(0).toUpperCase() + source.slice(1);
}

function sourceOf(queries: readonly string[]): string {
  shipped ??= readShipped();
  const { probeByMetric, enabled } = shipped;
  const metrics = queries.flatMap((expr) => [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{/g)].map(([, name]) => name!));
  const probes = [...new Set(metrics.flatMap((metric) => probeOf(metric, probeByMetric) ?? []))].sort();
  if (probes.length > 0) {
    const off = probes.some((probe) => !enabled.includes(probe)) ? ' (off by default)' : '';
    return `probe ${probes.join(' or ')} is not running${off}`;
  }
  return metrics.every((metric) => metric === 'ALERTS') ? 'the alert rules are not loaded' : 'no exporter was scraped';
}

function probeOf(metric: string, probeByMetric: Shipped['probeByMetric']): string | undefined {
  return probeByMetric.get(metric) ?? probeByMetric.get(metric.replace(/_(bucket|sum|count)$/, ''));
}
