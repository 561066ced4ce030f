/** Any part of a syntax tree. */
export interface TreeNode {
  readonly kind: string;
}

/** Shows each node of a part of a tree, those that contain others first. */
export function visit(part: unknown, see: (node: TreeNode) => void): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) visit(item, see);
    return;
  }
  if ('kind' in part) see(part as TreeNode);
  for (const key in part) if (key !== 'place') visit((part as Record<string, unknown>)[key], see);
}

/**
 * Copies a part of a tree from the leaves up.
 * @param change given each node with its parts changed already; what it returns takes the place of the node
 */
export function rewritten<Part>(part: Part, change: (node: TreeNode) => unknown): Part {
  if (Array.isArray(part)) return part.map((item) => rewritten(item, change)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'place' ? value : rewritten(value, change)]),
  );
  return ('kind' in copy ? change(copy as unknown as TreeNode) : copy) as Part;
}
