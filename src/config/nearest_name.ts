/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const plain = (word: string) => word.toLowerCase().replace(/[-_.\s]/g, '');

/**
 * The known name that was probably meant: equal but for case and `_`, or at most one slip per three letters away.
 * @returns undefined when none is near
 */
export function nearestName(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined;
  let nearest: string | undefined;
  let least = Math.floor(word.length / 3) + 1;
  for (const candidate of known) {
    const slips = plain(candidate) === plain(word) ? 0 : distance(word, candidate);
    if (slips < least) [nearest, least] = [candidate, slips];
  }
  return nearest;
}
