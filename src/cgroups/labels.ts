import { visible } from '../visible_text.js';
import type { Cgroup } from './cgroup_table.js';
import { type PodName, shortId } from './container_names.js';
import type { ContainerKey, Place } from './place.js';
import type { ContainerName } from './runtimes/container_file.js';

/** Names that are known so far. */
export interface KnownNames {
  container(key: ContainerKey): ContainerName | undefined;
  /** @param uid of the pod */
  pod(uid: string): PodName | undefined;
}

/** The text of one label; '' for a cgroup that has no such thing. */
export type CgroupLabel = (cgroup: Cgroup, names: KnownNames) => string;

/** Longest text of a path, in characters: a longer one keeps its end, which names the container. */
const pathLimit = 128;

/** Labels by the names of their decoders. */
export const cgroupLabels = {
  cgroup: ({ path }) => {
    const text = visible(path);
    if (text.length <= pathLimit) return text;
    return `…${Array.from(text.slice(-2 * pathLimit))
      .slice(1 - pathLimit)
      .join('')}`;
  },
  unit: ({ place }) => place.unit,
  slice: ({ place }) => place.slice,
  container: ({ place }, names) => {
    if (place.container === undefined) return '';
    return prefix(place, names) + visible(own(place, names)?.container || shortId(place.container));
  },
  container_id: ({ place }, names) => (place.container ? prefix(place, names) + place.container.id : ''),
  namespace: ({ place }, names) => visible(podOf(place, names)?.namespace ?? ''),
  pod: ({ place }, names) => {
    if (place.pod === '') return '';
    return prefix(place, names) + visible(podOf(place, names)?.pod || place.pod);
  },
  image: ({ place }, names) => visible(own(place, names)?.image ?? ''),
} as const satisfies Record<string, CgroupLabel>;

/** What the host's runtimes know of the innermost container. Nobody asks them about one that another has made. */
function own({ container, within }: Place, names: KnownNames): ContainerName | undefined {
  return container && within.length === 0 ? names.container(container) : undefined;
}

function podOf(place: Place, names: KnownNames): PodName | undefined {
  const name = own(place, names);
  if (name !== undefined && name.pod !== '') return name;
  return place.pod !== '' && place.within.length === 0 ? names.pod(place.pod) : undefined;
}

/** `user@1000.service/` or `kind-worker/`: names that another than the host's runtimes gave cannot look like theirs. */
function prefix({ within }: Place, names: KnownNames): string {
  return within
    .map((one, depth) => {
      if (typeof one === 'string') return `${one}/`;
      return `${visible((depth === 0 && names.container(one)?.container) || shortId(one))}/`;
    })
    .join('');
}
