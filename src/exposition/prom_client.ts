import type { Registry } from 'prom-client';
import type { Family, FamilyType } from '../metrics/family.js';
import { boundText } from '../metrics/number_text.js';
import { type Sample, SampleFamily } from './sample_family.js';

/** What prom-client says of one sample; `metricName` is there for the parts of histograms and summaries. */
interface RegistrySample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

const types: readonly FamilyType[] = ['counter', 'gauge', 'histogram', 'summary'];

/**
 * The metrics of a registry as families, to be rendered with those of the maps: one writer for both, so that both are
 * right in both formats, and the bounds of their buckets are worded alike. Runs the registry's collect functions.
 */
export async function registryFamilies(registry: Registry): Promise<Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, type, help, values }) => {
    // The declared type is an enum of numbers; at run time it is the word.
    const word = types.find((known) => known === String(type)) ?? 'unknown';
    const family = word === 'counter' ? name.replace(/_total$/, '') : name;
    return new SampleFamily(
      family,
      word,
      help,
      (values as readonly RegistrySample[]).map((sample) => sampleOf(name, word, sample)),
    );
  });
}

function sampleOf(metric: string, type: FamilyType, { value, labels, metricName }: RegistrySample): Sample {
  const suffix = type === 'counter' ? '_total' : (metricName ?? metric).slice(metric.length);
  const bound = type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : undefined;
  const pairs = Object.entries(labels).map(([name, text]): [string, string] => [
    name,
    name === bound ? boundText(Number(String(text).replace('Inf', 'Infinity'))) : String(text ?? ''),
  ]);
  return { suffix, labels: pairs, value };
}
