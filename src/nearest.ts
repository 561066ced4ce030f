/** A longer name is no typing error, and would take long to compare. */
const LONGEST = 100;

/**
 * The candidate nearest to `name`, or undefined if none is near. Near is: equal except for case and punctuation; at most a
 * third of the letters (at least one) inserted, deleted, replaced or swapped; or `name` begins or ends exactly one candidate.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const all = [...candidates];
  const equal = all.find((candidate) => plain(candidate) === plain(name));
  if (equal !== undefined) return equal;
  const bound = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = bound + 1;
  for (const candidate of all) {
    if (Math.abs(candidate.length - name.length) > bound) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  if (best !== undefined || name.length < 3) return best;
  const parts = all.filter((candidate) => candidate.startsWith(name) || candidate.endsWith(name));
  return parts.length === 1 ? parts[0] : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '');
}

/** Optimal string alignment. A swap of neighbours, the most common slip, costs 1; in Levenshtein distance it costs 2. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1]!;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1);
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
