/**
 * `maps` and `values`: several maps or fields that are one metric. Each is a metric of its own to the later stages, with the same name
 * and a constant label.
 */
import type { LabelSpec, WrittenLabel } from './label_schema.js';
import type { Path } from './source_map.js';

/** Settings that list members by name. */
export const memberSettings = ['maps', 'values'] as const;
export type MemberSetting = (typeof memberSettings)[number];

/** A label as its setting has it: `from: maps` shows the name of the map in `maps`. */
export type MemberLabel = { readonly from: MemberSetting; readonly constant?: undefined };

/** Which of the members of an entry of `metrics` a metric is. */
export type Membership = Readonly<Partial<Record<MemberSetting, string>>>;

interface Member {
  readonly map: string;
  readonly value?: string;
  readonly member?: Membership;
}

type Named = Readonly<Record<string, string>>;

/** The maps and values of the members. */
export function membersOf(
  { map, maps }: { readonly map?: string | undefined; readonly maps?: Named | undefined },
  { value, values }: { readonly value?: string | undefined; readonly values?: Named | undefined },
): Member[] {
  const named = (setting: MemberSetting, list: Named | undefined) =>
    Object.entries(list ?? {}).map(([name, target]) => ({ target, member: { [setting]: name } }));
  const ofMaps = maps ? named('maps', maps) : [{ target: map!, member: {} }];
  const ofValues = values ? named('values', values) : [{ target: value, member: {} }];
  return ofMaps.flatMap((one) =>
    ofValues.map((other) => {
      const member: Membership = { ...one.member, ...other.member };
      return {
        map: one.target,
        ...(other.target !== undefined && { value: other.target }),
        ...((maps || values) && { member }),
      };
    }),
  );
}

/** The labels of one member: those that show its name become constant. */
export function labelsOfMember(
  labels: Readonly<Record<string, WrittenLabel | MemberLabel>>,
  member: Membership | undefined,
): Readonly<Record<string, WrittenLabel>> {
  const all: Record<string, WrittenLabel> = Object.create(null);
  for (const [name, label] of Object.entries(labels)) {
    all[name] = isMemberLabel(label) ? { constant: member?.[label.from] ?? '', tellsApart: true } : label;
  }
  return all;
}

function isMemberLabel(label: LabelSpec | MemberLabel): label is MemberLabel {
  return label.constant === undefined && (label.from === 'maps' || label.from === 'values');
}

/** The place of a metric's setting in the probe file. @param index of the metric, unless its `entry` says otherwise */
export function placeOf(
  { entry, member = {} }: { readonly entry?: number; readonly member?: Membership },
  index: number,
  path: Path,
): Path {
  const [setting, ...rest] = path;
  const list = setting === 'map' ? 'maps' : setting === 'value' ? 'values' : undefined;
  const name = list && member[list];
  const place = name === undefined ? path : [list!, name, ...rest];
  return ['metrics', entry ?? index, ...place];
}
