import { release, version } from 'node:os';

/** Tells kernels apart: another build may have other types. */
export function kernelIdentity(): string {
  return `${release()} ${version()}`;
}
