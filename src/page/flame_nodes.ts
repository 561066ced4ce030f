/** Number of the name, number of the origin, kind, value, value before, children. */
type EncodedNode = readonly [number, number, string, number, number, readonly EncodedNode[]];

/** The data of the page, as the server writes it. */
export interface FlameData {
  readonly kind: 'cpu' | 'offcpu';
  /** Seconds of one unit of `value`. */
  readonly unit: number;
  /** How much earlier the time is to compare with. */
  readonly earlier?: string;
  readonly names: readonly string[];
  readonly root: EncodedNode;
}

/** A node of the graph; d3-flame-graph knows `name`, `value` and `children`, and keeps more in it. */
export interface FlameNode {
  readonly name: string;
  readonly origin: string;
  readonly kind: string;
  readonly value: number;
  readonly before: number;
  readonly children: readonly FlameNode[];
}

export function decodeNode(
  [name, origin, kind, value, before, children]: EncodedNode,
  names: readonly string[],
): FlameNode {
  return {
    name: names[name]!,
    origin: names[origin]!,
    kind,
    value,
    before,
    children: children.map((child) => decodeNode(child, names)),
  };
}
