import { band, type Section } from '../grid.js';
import { lines } from '../panels/index.js';
import { select } from '../query.js';
import { unit } from '../units.js';

/** Time to read and decode the maps of one probe. */
export const readTime = 'santabpf_scrape_duration_seconds';
/** Time of a whole scrape, which Prometheus measures. */
export const scrapeTime = 'scrape_duration_seconds';

export const scrapes: Section = {
  title: 'Scrapes',
  collapsed: true,
  bands: [
    band(
      8,
      [
        12,
        lines({
          title: 'Read time by probe',
          description: 'Time to read and decode the maps of a probe, on the slowest selected host.',
          queries: [{ expr: `max by (probe) (${select(readTime)})`, legend: '{{probe}}' }],
          unit: unit.seconds,
        }),
      ],
      [
        12,
        lines({
          title: 'Samples by metric',
          description: 'The ten metrics with the most samples, on the host with the most. Their limits count samples.',
          queries: [{ expr: `topk(10, max by (metric) (${select('santabpf_series')}))`, legend: '{{metric}}' }],
          unit: unit.count,
        }),
      ],
    ),
    band(6, [
      24,
      lines({
        title: 'Scrape duration by host',
        description: 'As Prometheus measured it. It must stay well below the scrape interval.',
        queries: [{ expr: select(scrapeTime), legend: '{{instance}}' }],
        unit: unit.seconds,
      }),
    ]),
  ],
};
