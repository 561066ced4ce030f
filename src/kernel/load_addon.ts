import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fault } from '../errors/fault.js';
import type { Addon } from './addon.js';

const builtAddon = fileURLToPath(new URL('../../build/Release/santabpf.node', import.meta.url));

/**
 * Loads the addon. Later calls return the same module.
 * @param file the built addon
 * @throws fault ADDON_MISSING if it is not built, or if libbpf is not installed
 */
export function loadAddon(file: string = builtAddon): Addon {
  try {
    return createRequire(import.meta.url)(file) as Addon;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw fault('ADDON_MISSING', { path: file, reason }, { cause });
  }
}
