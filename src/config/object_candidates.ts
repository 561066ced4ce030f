import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ProbeFile } from './probe_schema.js';

/** The folder of the probe file, then the shipped objects. A path is relative to the probe file only. */
export function objectCandidates(
  file: string,
  { probe, object }: Pick<ProbeFile, 'probe' | 'object'>,
  objectFolder: string,
): string[] {
  const name = object ?? `${probe}.bpf.o`;
  const own = resolve(dirname(file), name);
  return isAbsolute(name) || name.includes('/') ? [own] : [own, join(resolve(objectFolder), name)];
}
