/** A span of time, in Unix milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Windows follow each other with a gap of some milliseconds, which does not count as missing. */
const toleratedMs = 100;

/** Milliseconds of [from, to] that no span covers. */
export function missingIn(from: number, to: number, spans: readonly TimeSpan[]): number {
  let missing = 0;
  let end = from;
  for (const span of [...spans, { from: to, to }].sort((a, b) => a.from - b.from)) {
    const gap = Math.min(span.from, to) - end;
    if (gap > toleratedMs) missing += gap;
    end = Math.max(end, span.to);
  }
  return missing;
}
