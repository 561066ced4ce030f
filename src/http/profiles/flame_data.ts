import type { FlameNode } from '../../profiles/flame_tree.js';
import { moduleName } from '../../profiles/frame_name.js';
import { lengthText, shownName } from './flame_text.js';
import type { FlameView } from './flame_view.js';

/** What the script of the page reads. */
interface FlameData {
  readonly kind: string;
  /** Seconds of one unit of `value`. */
  readonly unit: number;
  /** How much earlier the time is to compare with; absent if there is none. */
  readonly earlier: string | undefined;
  /** Every name and origin once. */
  readonly names: readonly string[];
  readonly root: EncodedNode;
}

/** Number of the name, number of the origin, kind, value, value before, children. */
type EncodedNode = readonly [number, number, string, number, number, readonly EncodedNode[]];

/**
 * The tree of a flame graph as JSON for a script element: no name in it can end the element, and hidden characters are visible.
 */
export function flameData({ tree, profile, before, query }: FlameView): string {
  const names = new Map<string, number>();
  const numberOf = (name: string) => {
    const shown = shownName(name);
    const known = names.get(shown) ?? names.size;
    names.set(shown, known);
    return known;
  };
  const encode = ({ name, origin, kind, value, before, children }: FlameNode): EncodedNode => [
    numberOf(name),
    numberOf(kind === 'label' ? origin : moduleName(origin)),
    kind,
    value,
    Math.round(before),
    children.map(encode),
  ];
  const root = encode(tree);
  const data: FlameData = {
    kind: profile.kind,
    unit: profile.periodNs / 1e9,
    earlier: before && lengthText(query.diffMs!),
    names: [...names.keys()],
    root,
  };
  // HTML knows no escapes in scripts, but JSON does.
  return JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
