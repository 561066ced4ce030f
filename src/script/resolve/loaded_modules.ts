/** Modules of the kernel that have types: files beside that of the kernel. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelBtf } from './kernel_btf.js';
import { type KernelModules, noModules } from './kernel_types.js';

/**
 * @param folder such as /sys/kernel/btf
 * @param kernel types that those of modules refer to
 */
export function loadedModules(folder: string | undefined, kernel: KernelBtf | undefined): KernelModules {
  if (folder === undefined || kernel === undefined) return noModules;
  const read = new Map<string, KernelBtf | undefined>();
  let names: readonly string[] | undefined;
  return {
    names: () => (names ??= modulesIn(folder)),
    typesOf: (module) => {
      if (!read.has(module)) read.set(module, typesIn(join(folder, module), kernel));
      return read.get(module);
    },
  };
}

function modulesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name !== 'vmlinux');
  } catch {
    return [];
  }
}

/** A module may be unloaded at any moment, and one that was built for another kernel has types of that. */
function typesIn(path: string, kernel: KernelBtf): KernelBtf | undefined {
  try {
    return new KernelBtf(readFileSync(path), undefined, kernel);
  } catch {
    return undefined;
  }
}
