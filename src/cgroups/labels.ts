import { visible } from '../visible_text.js';
import type { Cgroup } from './cgroup_table.js';
import { type ContainerName, shortId } from './container_names.js';
import type { ContainerKey, Place } from './place.js';

/** The text of one label. @param nameOf what is known of a container */
export type CgroupLabel = (cgroup: Cgroup, nameOf: (container: ContainerKey) => ContainerName | undefined) => string;

/** Longest text of a path, in characters: a longer one keeps its end, which names the container. */
const pathLimit = 128;

/** Labels by the names of their decoders; '' is for a cgroup that has no such thing. */
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
  container: ({ place }, nameOf) => {
    if (place.container === undefined) return '';
    return within(place, nameOf) + visible(nameOf(place.container)?.container || shortId(place.container));
  },
  container_id: ({ place }, nameOf) => (place.container ? within(place, nameOf) + place.container.id : ''),
  namespace: ({ place }, nameOf) => visible((place.container && nameOf(place.container)?.namespace) ?? ''),
  pod: ({ place }, nameOf) => {
    const name = visible((place.container && nameOf(place.container)?.pod) ?? '') || place.pod;
    return name === '' ? '' : within(place, nameOf) + name;
  },
  image: ({ place }, nameOf) => visible((place.container && nameOf(place.container)?.image) ?? ''),
} as const satisfies Record<string, CgroupLabel>;

/** `user@1000.service/` or `kind-worker/`: names that another than the host's runtimes gave cannot look like theirs. */
function within(place: Place, nameOf: Parameters<CgroupLabel>[1]): string {
  return place.within
    .map((one) => `${typeof one === 'string' ? one : visible(nameOf(one)?.container || shortId(one))}/`)
    .join('');
}
