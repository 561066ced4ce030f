import { ownMetricNames as own } from '../../../src/config/own_metric_names.js';
import { band, type Section } from '../grid.js';
import { stat, steps } from '../panels/index.js';
import { increase, rate, select } from '../query.js';
import { unit } from '../units.js';

/** Whether the probe is up, what it costs, and what it lost: without that, an empty panel could mean anything. */
export function probeState(probe: string): Section {
  const ofProbe = `probe="${probe}"`;
  const text = { probe, details: 'santabpf-exporter' };
  const numbers = [
    stat({
      ...text,
      title: 'Hosts with the probe',
      description: 'Hosts on which the probe is up.',
      expr: `sum(${select(own.probeState, ofProbe, 'state="up"')})`,
      unit: unit.number,
    }),
    stat({
      ...text,
      title: 'Hosts where it is not up',
      description: 'Hosts on which the probe is down, suspended or unsupported. The page / of the exporter says why.',
      expr: `sum(${select(own.probeState, ofProbe, 'state!="up"')})`,
      unit: unit.number,
      steps: steps.expectNone,
    }),
    stat({
      ...text,
      title: 'CPU usage of its programs',
      description: 'Share of one CPU that the BPF programs of the probe use, all selected hosts together.',
      expr: `${rate(own.programRunSeconds, '', ofProbe)} + ${rate(own.programEntrySeconds, '', ofProbe)}`,
      unit: unit.share,
      decimals: 3,
    }),
    stat({
      ...text,
      title: 'Samples per scrape',
      description: 'Samples that the probe adds to a scrape, all selected hosts together.',
      expr: `sum(${select(own.series, ofProbe)})`,
      unit: unit.digits,
    }),
    stat({
      ...text,
      title: 'Lost updates',
      description: 'Updates that found a map full in the time range. Totals stay exact; the detail is in "other".',
      expr: increase(own.lostUpdates, '', '$__range', ofProbe),
      unit: unit.count,
      steps: [[1, 'orange']],
    }),
    stat({
      ...text,
      title: 'Missed runs',
      description: 'Runs of its programs that the kernel skipped in the time range: their events were not counted.',
      expr: increase(own.programMissedRuns, '', '$__range', ofProbe),
      unit: unit.count,
      steps: [[1, 'orange']],
    }),
  ];
  return { title: `Probe ${probe}`, bands: [band(4, ...numbers.map((number) => [4, number] as const))] };
}
