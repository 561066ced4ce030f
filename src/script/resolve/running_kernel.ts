/** The kernel of this host, by its files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KernelBtf } from './kernel_btf.js';
import type { KernelTypes } from './kernel_types.js';
import { usdtProbesOf } from './usdt_notes.js';

export interface KernelFiles {
  /** The file with the kernel's BTF, such as /sys/kernel/btf/vmlinux. */
  readonly btf: string;
  /** Where tracefs may be mounted, in this order. */
  readonly tracefs: readonly string[];
  /** As uname(2) has it, such as `6.1.0-18-amd64`. */
  readonly release: string;
  readonly architecture: string;
  readonly cpus: number;
  /** The file with the kernel's symbols, such as /proc/kallsyms. Undefined: not looked at. */
  readonly symbols?: string;
}

/** Reads what a compiler asks for, when it asks. @throws BTF_INVALID */
export function runningKernel({ btf, tracefs, release, architecture, cpus, symbols }: KernelFiles): KernelTypes {
  const events = () => tracefs.map((root) => join(root, 'events')).find((folder) => folders(folder).length > 0);
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  const bytes = contents(btf);
  return {
    btf: bytes && new KernelBtf(bytes),
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
    usdtProbes: usdtProbesOf,
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
