import { percent, sum } from '../../http/number_text.js';
import { shortNumber } from '../../top/numbers.js';
import { aligned } from '../../top/tables.js';
import { section, sections } from '../output/columns.js';
import type { Paint } from '../output/paint.js';
import type { Plan, ProbePlan } from './measurement.js';

const titles = ['PROBE', 'STATE', 'EVENTS/S', 'NS/EVENT', 'OF ONE CPU', 'SAMPLES'];
const numbers = new Set(titles.slice(2));

/** The plan as a person reads it, the costliest probe first. */
export function report(plan: Plan, file: string, paint: Paint): string {
  const probes = [...plan.probes].sort((a, b) => (b.cpuShare ?? 0) - (a.cpuShare ?? 0));
  const all = {
    probe: 'all',
    eventsPerSecond: sum(probes.map(({ eventsPerSecond }) => eventsPerSecond ?? 0)),
    cpuShare: probes.some(({ cpuShare }) => cpuShare === null)
      ? null
      : sum(probes.map(({ cpuShare }) => cpuShare ?? 0)),
    series: sum(probes.map(({ series }) => series)),
  };
  const table = aligned(
    [
      titles,
      ...probes.map((probe) => row(probe)),
      [all.probe, '', shortNumber(all.eventsPerSecond), '', shareText(all.cpuShare), String(all.series)],
    ],
    Number.POSITIVE_INFINITY,
    numbers,
  ).map((line, index) => `  ${index === 0 ? paint('bold', line) : line}`);
  return sections([
    section(`What ${file} costs on this host, measured for ${plan.seconds.toFixed(0)} s`, table),
    section('Besides', otherLines(plan, all.cpuShare)),
    section('Missing', missing(probes)),
    `The load decides: measure when the host does what it usually does.\nNext: santabpf --config.file=${file}\n`,
  ]);
}

/** Each reason once, with its probes. */
function missing(probes: readonly ProbePlan[]): string[] {
  const names = new Map<string, string[]>();
  for (const { probe, state, reason } of probes) {
    if (reason === undefined) continue;
    const text = [`${state}:`, ...reason.message.split('\n'), reason.remedy].join('\n    ');
    names.set(text, [...(names.get(text) ?? []), probe]);
  }
  return [...names].map(([text, each]) => `  ${each.join(', ')}, ${text}`);
}

function row({ probe, state, eventsPerSecond, nanosecondsPerEvent, cpuShare, series }: ProbePlan): string[] {
  return [
    probe,
    state,
    eventsPerSecond === null ? '-' : shortNumber(eventsPerSecond),
    nanosecondsPerEvent === null ? '-' : shortNumber(Math.round(nanosecondsPerEvent)),
    shareText(cpuShare),
    String(series),
  ];
}

function otherLines({ scrapeSeconds, pageBytes, mapBytes, cpus, budget }: Plan, share: number | null): string[] {
  const lines = [
    `  A scrape takes ${(scrapeSeconds * 1000).toFixed(0)} ms of CPU time; its page has ${shortNumber(pageBytes)} bytes as text.`,
  ];
  if (mapBytes !== null)
    lines.push(`  The maps take ${shortNumber(mapBytes)} bytes of kernel memory with the ${cpus} CPUs of this host.`);
  if (budget !== null && share !== null) {
    const verdict = share > budget ? 'more than' : 'within';
    lines.push(`  That is ${verdict} the budget of ${shareText(budget)} of one CPU.`);
  }
  return lines;
}

/** Unknown where the kernel does not measure: that takes CAP_SYS_ADMIN. */
const shareText = (share: number | null) => (share === null ? 'unknown' : percent(share));
