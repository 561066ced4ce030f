import type { MetricBinding } from '../../src/decode/metric_binding.js';
import type { Format } from '../../src/exposition/format.js';
import { render } from '../../src/exposition/render.js';
import type { MapReader } from '../../src/maps/map_reader.js';
import type { Family } from '../../src/metrics/family.js';
import { Pacer } from '../../src/metrics/pacer.js';
import { ProbeMetrics } from '../../src/metrics/probe_metrics.js';
import { Scrape } from '../../src/probes/scrape.js';
import { type ParsedSample, parseExposition } from './exposition_parser.js';

/** The metrics of a probe over fake maps, with a clock that a test sets. */
export class Collection {
  readonly metrics: ProbeMetrics;
  readonly pacer: Pacer;
  now = 0;
  readonly #scrape: Scrape;

  constructor(bindings: readonly MetricBinding[], maps: readonly MapReader[], prefix = '', refresh = async () => {}) {
    this.pacer = new Pacer(() => this.now);
    const readers = new Map(maps.map((map) => [map.name, map]));
    const { pacer } = this;
    this.metrics = new ProbeMetrics(bindings, readers, { prefix, pacer });
    this.#scrape = new Scrape({ refresh, readers, metrics: this.metrics, pacer });
  }

  /** Refreshes, reads and updates, and shows nothing. */
  collect(): Promise<void> {
    return this.#scrape.run();
  }

  /** Collects, and returns the exposition. */
  async scrape(format: Format = 'text'): Promise<string> {
    await this.collect();
    return this.show(format);
  }

  show(format: Format = 'text'): Promise<string> {
    return renderText(this.metrics.families, format, this.pacer);
  }

  /** Collects, and returns the values by series, as in `{ 'events_total a="x"': 5 }`. */
  async values(): Promise<Record<string, number>> {
    return valuesOf(await this.scrape());
  }
}

export async function renderText(
  families: Iterable<Family>,
  format: Format,
  pacer: Pacer = new Pacer(() => performance.now()),
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of render(families, format, pacer)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function valuesOf(text: string): Record<string, number> {
  const samples = parseExposition(text, 'text').flatMap((family) => family.samples);
  return Object.fromEntries(samples.map((sample) => [seriesName(sample), sample.value]));
}

function seriesName({ name, labels }: ParsedSample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return [name, ...pairs].join(' ');
}
