import type { ContainerKey, Place } from './place.js';
import { type ContainerName, readContainerName } from './runtimes/container_file.js';

/** A Kubernetes pod. */
export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

/** Containers and pods that are remembered. A node of Kubernetes runs some hundred. */
const mostNames = 8192;

/** Containers whose files are read at the same time, and that may wait for that. */
const readers = 2;
const mostWaiting = 1024;

/** A file that was missing is looked for again. */
const retryAfterMs = 10_000;

/** What names of containers are read from. */
export interface ContainerSources {
  /** The host's root folder. */
  readonly root: string;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

/** Names of containers and pods, from the files of the runtimes. They are kept when the container is gone. */
export class ContainerNames {
  readonly #sources: ContainerSources;
  readonly #containers = new Map<string, ContainerName>();
  readonly #pods = new Map<string, PodName>();
  /** When the files of a container were missing. */
  readonly #missing = new Map<string, number>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #turns: Promise<void>[] = Array.from({ length: readers }, () => Promise.resolve());
  #turn = 0;

  constructor(sources: ContainerSources) {
    this.#sources = sources;
  }

  /** What is known of a container so far. */
  container(key: ContainerKey): ContainerName | undefined {
    return this.#containers.get(key.id);
  }

  /** What is known so far of the pod with a UID. */
  pod(uid: string): PodName | undefined {
    return this.#pods.get(uid);
  }

  /**
   * Reads the names that belong to a cgroup, if they are unknown: those of the container that a runtime of the host has made. Never
   * rejects. Undefined if nothing has to be waited for.
   */
  find({ container, within: [outermost], pod }: Place): Promise<void> | undefined {
    const key = outermost ?? container;
    if (key === undefined || typeof key === 'string' || this.#containers.has(key.id)) return undefined;
    const reading = this.#reading.get(key.id);
    if (reading !== undefined) return reading;
    const missing = this.#missing.get(key.id);
    if (missing !== undefined && this.#sources.now() - missing < retryAfterMs) return undefined;
    if (this.#reading.size >= mostWaiting) return undefined;
    return this.#inTurn(key, outermost === undefined ? pod : '');
  }

  #inTurn(key: ContainerKey, pod: string): Promise<void> {
    const turn = this.#turn++ % readers;
    const read = this.#turns[turn]!.then(() => this.#read(key, pod))
      // A failed read must not end the turns of all others.
      .catch(() => {})
      .finally(() => this.#reading.delete(key.id));
    this.#turns[turn] = read;
    this.#reading.set(key.id, read);
    return read;
  }

  async #read(key: ContainerKey, pod: string): Promise<void> {
    const name = await readContainerName(this.#sources.root, key);
    if (name === undefined) {
      remember(this.#missing, key.id, this.#sources.now());
      return;
    }
    this.#missing.delete(key.id);
    // Only kubelet makes the cgroup of a pod.
    remember(this.#containers, key.id, pod === '' ? { ...name, namespace: '', pod: '' } : name);
    if (pod !== '' && name.pod !== '') remember(this.#pods, pod, { namespace: name.namespace, pod: name.pod });
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  if (map.size >= mostNames) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/** Characters of an id that stand for a container without a name, as in `docker ps`. */
const shortLength = 12;

/** The id that stands for a container without a name. */
export function shortId({ id }: ContainerKey): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, shortLength) : id;
}
