import { existsSync, statSync } from 'node:fs';
import { fault } from '../errors/fault.js';
import { type BpfObject, isNativeError } from './addon.js';
import type { KernelContext } from './kernel_context.js';

/** A hundred times the largest object that is shipped. */
export const maximumObjectBytes = 16 << 20;

/**
 * The first candidate path with a file.
 * @throws fault OBJECT_NOT_FOUND with every path searched; OBJECT_INVALID if it is no regular file or too large
 */
export function findObjectFile(probe: string, candidates: readonly string[]): string {
  for (const path of candidates) {
    if (!existsSync(path)) continue;
    const reason = unfitness(path, maximumObjectBytes);
    if (reason !== undefined) throw fault('OBJECT_INVALID', { path, reason });
    return path;
  }
  throw fault('OBJECT_NOT_FOUND', { probe, searched: candidates });
}

/** Why an existing file must not be handed to libbpf, which would wait for the writer of a pipe; undefined if it may be. */
export function unfitness(path: string, maximumBytes: number): string | undefined {
  const status = statSync(path);
  if (!status.isFile()) return 'it is not a regular file';
  return status.size > maximumBytes ? `it is larger than ${maximumBytes / (1 << 20)} MiB` : undefined;
}

/**
 * Opens an object file without loading it. Needs no privilege. The caller closes the object.
 * @throws fault OBJECT_INVALID
 */
export function openObject(context: KernelContext, path: string): BpfObject {
  return opened(context, path, path, {});
}

/**
 * Opens the object that a script was compiled to.
 * @param bytes in base64
 * @param probe whose script it is
 * @param path of the script, for faults
 * @throws fault OBJECT_INVALID
 */
export function openCompiled(context: KernelContext, bytes: string, probe: string, path: string): BpfObject {
  return opened(context, Buffer.from(bytes, 'base64'), path, { name: probe.replace(/[^A-Za-z0-9_]/g, '_') });
}

function opened(
  { addon, btfPath }: KernelContext,
  source: string | Uint8Array,
  path: string,
  options: { readonly name?: string },
): BpfObject {
  try {
    return new addon.BpfObject(source, { ...options, ...(btfPath !== undefined && { btfPath }) });
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
