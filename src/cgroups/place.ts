import { type ContainerPlace, containerAt, type Runtime } from './container_layouts.js';
import { unitPlace } from './unit_names.js';

/** A container as its path names it. */
export interface ContainerKey {
  /** Undefined where the path does not tell. */
  readonly runtime: Runtime | undefined;
  readonly id: string;
}

/** What the path of a cgroup says about it. Texts are '' for what it is not. */
export interface Place {
  readonly unit: string;
  readonly slice: string;
  /** The innermost container. */
  readonly container: ContainerKey | undefined;
  /** UID of the innermost pod. */
  readonly pod: string;
  /**
   * Whose names the container and the pod have, outermost first: a user's manager (text) or a container around them. Empty if the
   * host's own runtimes made them.
   */
  readonly within: readonly (string | ContainerKey)[];
}

/** Containers in containers: more are not looked at. */
const deepest = 4;

/** @param path from the root of the hierarchy, with a leading slash */
export function placeOf(path: string): Place {
  const names = path.split('/').slice(1);
  const { unit, slice, manager, length } = unitPlace(names);
  const within: (string | ContainerKey)[] = manager === '' ? [] : [manager];
  let rest = manager === '' ? names : names.slice(length);
  let innermost: ContainerPlace | undefined;
  for (let depth = 0; depth < deepest; depth++) {
    const next = containerAt(rest);
    if (next === undefined) break;
    if (innermost !== undefined) within.push({ runtime: innermost.runtime, id: innermost.id });
    innermost = next;
    rest = rest.slice(next.length);
    // Below the cgroup of a pod is nothing but containers.
    if (next.id === '') break;
  }
  const container = innermost && innermost.id !== '' ? { runtime: innermost.runtime, id: innermost.id } : undefined;
  return { unit, slice, container, pod: innermost?.pod ?? '', within };
}
