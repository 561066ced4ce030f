import type { FlameNode } from './flame_nodes.js';

type Colour = readonly [red: number, green: number, blue: number];

/** Of flame_style.ts. */
const KINDS: Readonly<Record<string, Colour>> = {
  root: [213, 218, 214],
  label: [213, 218, 214],
  user: [246, 178, 107],
  kernel: [164, 200, 238],
  jit: [243, 238, 156],
  other: [238, 240, 237],
};
const MORE: Colour = [232, 135, 30];
const LESS: Colour = [61, 143, 209];
const SAME: Colour = [247, 247, 245];
const FOUND = '#ff8df4';

/** The fill of a frame: by its kind or, in a comparison, by how much it changed. Dark text can be read on all of them. */
export function fillOf({ data, highlight }: { data: FlameNode; highlight?: boolean }, isComparison: boolean): string {
  if (highlight) return FOUND;
  if (!isComparison) return textOf(varied(KINDS[data.kind] ?? KINDS.other!, data.name));
  const most = Math.max(data.value, data.before);
  const change = most === 0 ? 0 : (data.value - data.before) / most;
  return textOf(mixed(SAME, change > 0 ? MORE : LESS, Math.abs(change)));
}

/** A little lighter, by the name: neighbours can be told apart. */
function varied(colour: Colour, name: string): Colour {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 997;
  return mixed(colour, [255, 255, 255], (hash / 997) * 0.35);
}

function mixed(from: Colour, to: Colour, share: number): Colour {
  return [0, 1, 2].map((index) => Math.round(from[index]! + (to[index]! - from[index]!) * share)) as unknown as Colour;
}

function textOf(colour: Colour): string {
  return `rgb(${colour.join(',')})`;
}
