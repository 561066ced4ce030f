import type { ProbeStatus } from './exporter.js';
import { grouped, sum } from './number_text.js';

/** What a probe lacks although it is up, in a sentence. */
export interface ProbeWarning {
  readonly text: string;
  /** The map that it is about. */
  readonly map?: string;
}

/**
 * The warnings of a probe, the most important first.
 * @param isLate whether it is said elsewhere that the last read failed
 */
export function warningsOf({ lastScrape, maps, metrics }: ProbeStatus, isLate = false): ProbeWarning[] {
  const dropped = sum(metrics.map((metric) => metric.dropped));
  const errors = sum(metrics.map(({ decodeErrors }) => decodeErrors));
  return [
    ...(lastScrape?.success === false && !isLate ? [{ text: 'The last read failed: its series are missing.' }] : []),
    ...maps
      .filter(({ lost }) => lost > 0)
      .map(({ name, lost }) => ({
        map: name,
        text: `Map ${name} was full: ${counted(lost, 'update')} counted as other.`,
      })),
    ...(dropped > 0 ? [{ text: `The series limit was reached: ${grouped(dropped)} counted as other.` }] : []),
    ...(errors > 0 ? [{ text: `${counted(errors, 'entry', 'entries')} could not be decoded.` }] : []),
  ];
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : several}`;
}
