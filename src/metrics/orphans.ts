import type { RowSeries } from './row_series.js';
import type { SeriesCounts } from './series_counts.js';
import type { SeriesLimit } from './series_limit.js';

/** Between two looks at the clock. */
const removalsPerLook = 64;

/**
 * Ends the series that have lost their last row.
 * @param keptMs how long a series is kept after its last change; 0 for gauges
 * @param isDue says when to return early and give others a turn
 * @returns whether all are done; if not, call again
 */
export function removeOrphans(
  { rows, counts, limit }: { readonly rows: RowSeries; readonly counts: SeriesCounts; readonly limit: SeriesLimit },
  keptMs: number,
  isDue: () => boolean,
): boolean {
  let removed = 0;
  for (const series of rows.orphans) {
    const isOrphan = !rows.hasRows(series);
    if (isOrphan && keptMs > 0 && (limit.isOther(series) || counts.idleTime(series) < keptMs)) continue;
    rows.orphans.delete(series);
    if (isOrphan) {
      counts.clear(series);
      limit.remove(series);
    }
    if (++removed % removalsPerLook === 0 && isDue()) return false;
  }
  return true;
}
