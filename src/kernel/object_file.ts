import { existsSync } from 'node:fs';
import { fault } from '../errors/fault.js';
import { type BpfObject, isNativeError } from './addon.js';
import type { KernelContext } from './kernel_context.js';

/**
 * The first candidate path with a file.
 * @throws fault OBJECT_NOT_FOUND with every path searched
 */
export function findObjectFile(probe: string, candidates: readonly string[]): string {
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw fault('OBJECT_NOT_FOUND', { probe, searched: candidates });
  }
  return path;
}

/**
 * Opens an object file without loading it. Needs no privilege. The caller closes the object.
 * @throws fault OBJECT_INVALID
 */
export function openObject({ addon, btfPath }: KernelContext, path: string): BpfObject {
  try {
    return new addon.BpfObject(path, btfPath === undefined ? {} : { btfPath });
  } catch (error) {
    if (!isNativeError(error)) {
      throw error;
    }
    const [, problem] = /(?:^|\n)(?:libbpf: )?(?:elf: )?(.+)$/.exec(error.log.trim()) ?? [];
    // The sentence names the path already.
    const reason = problem?.replace(`'${path}'`, 'it').replace(path, 'it') ?? `opening it failed with ${error.code}`;
    throw fault('OBJECT_INVALID', { path, reason }, { cause: error });
  }
}
