import type { Registry } from 'prom-client';
import type { Family, FamilyType } from '../metrics/family.js';
import { seriesText } from '../metrics/series_text.js';
import { layOutTexts } from './text_layout.js';

/** A sample as prom-client reports it; `metricName` is set for the parts of histograms and summaries. */
interface RegistrySample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

/** The numbers of one series, in the layout of its family's samples. */
interface RegistrySeries {
  readonly text: string;
  readonly numbers: readonly number[];
}

interface RegistryFamily {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Bounds of a histogram, without +Inf, or quantiles of a summary. */
  readonly bounds: readonly number[];
  readonly series: readonly RegistrySeries[];
}

const types: readonly FamilyType[] = ['counter', 'gauge', 'histogram', 'summary'];

/**
 * The metrics of a registry as families, which are rendered by the same writers as the metrics of maps. Runs the
 * registry's collect functions.
 */
export async function registryFamilies(registry: Registry): Promise<Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  const families = metrics.map(({ name, type, help, values }): RegistryFamily => {
    // TypeScript declares an enum of numbers; at run time it is a string.
    const known = types.find((word) => word === String(type)) ?? 'unknown';
    const samples = values as readonly RegistrySample[];
    const described = { name: known === 'counter' ? `${name.replace(/_total$/, '')}_total` : name, type: known, help };
    if (known === 'histogram') return { ...described, ...boundedSeries(name, 'le', samples, histogramNumbers) };
    if (known === 'summary') return { ...described, ...boundedSeries(name, 'quantile', samples, summaryNumbers) };
    const series = samples.map(({ labels, value }) => ({ text: textOf(described.name, labels), numbers: [value] }));
    return { ...described, bounds: [], series };
  });
  const texts = layOutTexts(families.map(({ series }) => series.map(({ text }) => text)));
  return families.map(({ name, type, help, bounds, series: rows }, index) => {
    const series = texts[index]!;
    const values = Float64Array.from(rows.flatMap(({ numbers }) => numbers));
    const width = rows[0]?.numbers.length ?? 0;
    const described = { name, type, help, isEmpty: rows.length === 0 };
    switch (type) {
      case 'histogram':
        return { ...described, samples: { kind: type, series, values, width, bounds, hasSum: true, per: 1 } };
      case 'summary':
        return { ...described, samples: { kind: type, series, values, width, quantiles: bounds } };
      default:
        return { ...described, samples: { kind: 'scalar', series, values, per: 1 } };
    }
  });
}

/** What prom-client reports of one histogram or summary series. */
interface Parts {
  /** By bound, ascending. */
  readonly values: Map<number, number>;
  sum: number;
  count: number;
}

function boundedSeries(
  name: string,
  boundLabel: 'le' | 'quantile',
  samples: readonly RegistrySample[],
  numbersOf: (parts: Parts) => number[],
): Pick<RegistryFamily, 'bounds' | 'series'> {
  const byText = new Map<string, Parts>();
  for (const { labels, value, metricName } of samples) {
    const { [boundLabel]: bound, ...others } = labels;
    const text = textOf(name, others);
    const parts = byText.get(text) ?? { values: new Map(), sum: 0, count: 0 };
    byText.set(text, parts);
    if (bound !== undefined) parts.values.set(Number(String(bound).replace('Inf', 'Infinity')), value);
    else if (metricName === `${name}_sum`) parts.sum = value;
    else parts.count = value;
  }
  const [first] = byText.values();
  const bounds = [...(first?.values.keys() ?? [])].filter(Number.isFinite);
  return { bounds, series: [...byText].map(([text, parts]) => ({ text, numbers: numbersOf(parts) })) };
}

/** prom-client's buckets are cumulative; +Inf is one of them. */
function histogramNumbers({ values, sum }: Parts): number[] {
  const cumulative = [...values.values()];
  return [...cumulative.map((count, index) => count - (cumulative[index - 1] ?? 0)), sum];
}

function summaryNumbers({ values, sum, count }: Parts): number[] {
  return [...values.values(), count, sum];
}

function textOf(name: string, labels: RegistrySample['labels']): string {
  return seriesText(
    name,
    Object.keys(labels),
    Object.values(labels).map((value) => String(value ?? '')),
  );
}
