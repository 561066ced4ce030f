import { SourceMap } from '../config/source_map.js';
import type { ForeignFile } from './file_schema.js';

type Place = SourceMap['root'];
type Steps = readonly (string | number)[];

/** Where a metric of the probe is in the file, and what its names are. */
export interface PlacedMetric {
  readonly list: 'counters' | 'histograms';
  readonly index: number;
  /** The map or the stream that it reads. */
  readonly map: string;
  readonly isStream: boolean;
  readonly labels: readonly string[];
}

const inside = (place: Place | undefined, ...steps: Steps): Place | undefined =>
  steps.reduce<Place | undefined>((at, step) => at?.inner?.get(step), place);

/** A place with other settings in it. */
function withInner(place: Place | undefined, inner: Iterable<readonly [string | number, Place | undefined]>): Place {
  const known = [...inner].filter((pair): pair is readonly [string | number, Place] => pair[1] !== undefined);
  return { ...place, inner: new Map(known) };
}

/** The places of a file under the names of a probe file, so that faults of later stages point into the file. */
export function placesOfProbe(
  { file, text, root }: SourceMap,
  metrics: readonly PlacedMetric[],
  { kaddrs }: Pick<ForeignFile, 'kaddrs'>,
): SourceMap {
  const placed = metrics.map((metric) => ({ ...metric, place: inside(root, 'metrics', metric.list, metric.index) }));
  const maps = placed.map(({ map, isStream, place }) => {
    const [name, labels] = [inside(place, 'name'), inside(place, 'labels')];
    const parts: [string, Place | undefined][] = isStream
      ? [
          ['buffer', name],
          ['type', labels],
        ]
      : [
          ['key', labels],
          ['value', name],
        ];
    return { map, isStream, place: withInner(name ?? place, parts) };
  });
  const listed = (isStream: boolean) =>
    withInner(
      inside(root, 'metrics'),
      maps.filter((one) => one.isStream === isStream).map(({ map, place }) => [map, place] as const),
    );
  return new SourceMap(
    file,
    text,
    withInner(root, [
      [
        'metrics',
        withInner(
          inside(root, 'metrics'),
          placed.map((metric, at) => [at, metricPlace(metric)] as const),
        ),
      ],
      ['maps', listed(false)],
      ['events', listed(true)],
      [
        'constants',
        withInner(
          inside(root, 'kaddrs'),
          kaddrs.map((name, index) => [`kaddr_${name}`, inside(root, 'kaddrs', index)] as const),
        ),
      ],
      ['cgroup_id_map', inside(root, 'cgroup_id_map')],
    ]),
  );
}

function metricPlace({ place, labels: names }: PlacedMetric & { readonly place: Place | undefined }): Place {
  const [name, labels] = [inside(place, 'name'), inside(place, 'labels')];
  // Decoders have other numbers in the probe: a fault of one points to the label.
  const byName = names.map((label, index) => [label, { value: inside(labels, index)?.value ?? 0 }] as const);
  return withInner(place, [
    ['name', name],
    ['map', name],
    ['labels', withInner(labels, byName)],
    ['buckets', labels && { value: labels.value ?? 0 }],
  ]);
}
