import { runSeconds } from '../exporter/cost.js';
import { fullestMap, programCost, slowestScrape } from '../exporter/summary.js';
import { column } from '../panels/index.js';
import { area, topNow } from './area.js';

export const exporterArea = area({
  title: 'Exporter',
  details: 'santabpf-exporter',
  numbers: [programCost, slowestScrape, fullestMap],
  top: {
    title: 'Top probes by CPU',
    description: 'The five probes whose BPF programs use the most of one CPU now.',
    labels: ['probe', 'instance'],
    columns: [column.share('CPU', topNow(runSeconds, 'probe, instance'), 3)],
    nothing: 'No program ran',
  },
});
