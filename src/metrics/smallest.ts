/** The `count` items with the smallest numbers, in any order. Sorts numbers, which is faster than to sort items. */
export function smallest(items: readonly number[], count: number, numberOf: (item: number) => number): number[] {
  if (count <= 0) return [];
  if (count >= items.length) return [...items];
  const threshold = Float64Array.from(items, numberOf).sort()[count - 1]!;
  const found = items.filter((item) => numberOf(item) < threshold);
  for (const item of items) {
    if (found.length === count) break;
    if (numberOf(item) === threshold) found.push(item);
  }
  return found;
}
