/** The kernel of this host, by its files. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { definedSymbols } from '../../elf/elf_symbols.js';
import { usdtProbesOf } from '../../elf/usdt_notes.js';
import { KernelBtf, type TypeIndex } from './kernel_btf.js';
import type { KernelTypes, TraceableFunction } from './kernel_types.js';
import { loadedModules } from './loaded_modules.js';

export interface KernelFiles {
  /** The file with the kernel's BTF, such as /sys/kernel/btf/vmlinux. */
  readonly btf: string;
  /** Reads it faster than JavaScript can. Undefined if it cannot. */
  readonly readTypes?: (path: string) => ({ readonly bytes: Uint8Array } & Partial<TypeIndex>) | undefined;
  /** The folder with the BTF of modules, such as /sys/kernel/btf. Undefined: not looked at. */
  readonly modules?: string;
  /** Where tracefs may be mounted, in this order. */
  readonly tracefs: readonly string[];
  /** As uname(2) has it, such as `6.1.0-18-amd64`. */
  readonly release: string;
  /** The file of a library by its name. Undefined: only paths are looked at. */
  readonly findLibrary?: ((name: string) => string | undefined) | undefined;
  readonly architecture: string;
  readonly cpus: number;
  /** The file with the kernel's symbols, such as /proc/kallsyms. Undefined: not looked at. */
  readonly symbols?: string;
}

const modules = '/sys/kernel/btf';
const kernelBtf = `${modules}/vmlinux`;
const symbols = '/proc/kallsyms';
const tracefs = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/**
 * The kernel of this process.
 * @param btf file with the kernel's BTF, for kernels without their own
 * @param readTypes reads it faster than JavaScript can
 * @param findLibrary for scripts that ask for the functions of a library
 */
export function thisKernel(
  btf = kernelBtf,
  readTypes?: KernelFiles['readTypes'],
  findLibrary?: KernelFiles['findLibrary'],
): KernelTypes {
  return runningKernel({
    btf,
    tracefs,
    symbols,
    findLibrary,
    // Those of modules refer to the kernel's own file.
    ...(btf === kernelBtf && { modules }),
    ...(readTypes && { readTypes }),
    release: release(),
    architecture: process.arch,
    cpus: availableParallelism(),
  });
}

/** Reads what a compiler asks for, when it asks. @throws BTF_INVALID */
export function runningKernel({
  btf,
  readTypes,
  modules,
  findLibrary,
  tracefs,
  release,
  architecture,
  cpus,
  symbols,
}: KernelFiles): KernelTypes {
  const events = () => tracefs.map((root) => join(root, 'events')).find((folder) => folders(folder).length > 0);
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  const types = typesIn(btf, readTypes);
  return {
    btf: types,
    modules: loadedModules(modules, types),
    architecture: architecture === 'arm64' ? 'arm64' : 'x64',
    version: [major, minor],
    cpus,
    tracepointCategories: () => {
      const folder = events();
      return folder === undefined ? undefined : folders(folder);
    },
    tracepointsOf: (category) => {
      const folder = events();
      return folder === undefined ? [] : folders(join(folder, category));
    },
    traceableFunctions: () => traceableFunctions(tracefs),
    usdtProbes: usdtProbesOf,
    symbolsOf: (target, isWanted) => {
      const path = target.includes('/') ? target : findLibrary?.(target);
      return path === undefined ? undefined : definedSymbols(path, isWanted);
    },
    hasSymbol: (name) => {
      const lines = symbols === undefined ? undefined : contents(symbols);
      if (lines === undefined || lines.length === 0) return undefined;
      return lines.includes(` ${name}\n`) || lines.includes(` ${name}\t`);
    },
    tracepointFormat: (category, name) => {
      const folder = events();
      return folder === undefined ? undefined : contents(join(folder, category, name, 'format'))?.toString('latin1');
    },
  };
}

/** Lines are "NAME", or "NAME [MODULE]". */
function traceableFunctions(tracefs: readonly string[]): TraceableFunction[] | undefined {
  for (const root of tracefs) {
    const lines = contents(join(root, 'available_filter_functions'))?.toString('latin1').split('\n');
    if (lines === undefined) continue;
    return lines.flatMap((line) => {
      const [, name, module] = /^(\S+)(?:.*\[(\S+)\])?/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, module }];
    });
  }
  return undefined;
}

function typesIn(path: string, read: KernelFiles['readTypes'] = () => undefined): KernelBtf | undefined {
  const { bytes = contents(path), starts, names } = read(path) ?? {};
  return bytes && new KernelBtf(bytes, starts && names && { starts, names });
}

function contents(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
