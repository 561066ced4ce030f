import { existsSync } from 'node:fs';
import { fault } from '../errors/fault.js';

/**
 * The first of the candidate paths at which there is a file.
 * @throws fault OBJECT_NOT_FOUND naming every path searched
 */
export function findObjectFile(probe: string, candidates: readonly string[]): string {
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw fault('OBJECT_NOT_FOUND', { probe, searched: candidates });
  }
  return path;
}
