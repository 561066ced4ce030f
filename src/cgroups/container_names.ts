import type { ContainerKey } from './place.js';

/** What a runtime's files say about a container. Texts are '' where they say nothing. */
export interface ContainerName {
  readonly container: string;
  readonly image: string;
  /** Of the Kubernetes pod. */
  readonly namespace: string;
  readonly pod: string;
}

/** Characters of an id that stand for a container without a name, as in `docker ps`. */
const shortLength = 12;

/** The id that stands for a container without a name. */
export function shortId({ id }: ContainerKey): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, shortLength) : id;
}
