/** What a translation must know of the compiled object. */
export interface ObjectFacts {
  /** libbpf's name of the type of each map: `hash`, `percpu_array`, ... */
  readonly mapTypes: ReadonlyMap<string, string>;
  readonly programs: readonly { readonly name: string; readonly section: string }[];
}

/** @returns undefined if the object is missing or broken, which a later stage reports */
export type ReadObject = (path: string) => ObjectFacts | undefined;

const perCpuTypes = new Set(['percpu_hash', 'percpu_array', 'lru_percpu_hash']);

/** Whether a map has one value for each CPU. */
export function isPerCpu({ mapTypes }: ObjectFacts, map: string): boolean {
  return perCpuTypes.has(mapTypes.get(map) ?? '');
}

/** What a translation must know of the host. */
export interface HostFacts {
  /** Where cgroup v2 is mounted. */
  readonly cgroupFolder: string;
}
