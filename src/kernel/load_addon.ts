import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fault } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';
import type { Addon } from './addon.js';

const builtAddon = join(packageFolder, 'build/Release/santabpf.node');

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
