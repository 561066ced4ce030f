import type { DefinedSymbols } from '../../elf/elf_symbols.js';
import type { UsdtProbe } from '../../elf/usdt_notes.js';
import type { KernelBtf } from './kernel_btf.js';

export interface TraceableFunction {
  readonly name: string;
  /** Undefined: the kernel itself. */
  readonly module: string | undefined;
}

/** Modules that are loaded. */
export interface KernelModules {
  names(): readonly string[];
  /** What a module adds to the kernel's types. Undefined: it has none, or they cannot be read. */
  typesOf(module: string): KernelBtf | undefined;
}

export const noModules: KernelModules = { names: () => [], typesOf: () => undefined };

/** What a compiler must know of the kernel that its programs are for. */
export interface KernelTypes {
  /** Undefined: the kernel has no BTF. */
  readonly btf: KernelBtf | undefined;
  readonly modules: KernelModules;
  readonly architecture: 'x64' | 'arm64';
  /** Such as [5, 10]. */
  readonly version: readonly [major: number, minor: number];
  /** CPUs that the kernel may have. */
  readonly cpus: number;
  /** Categories of tracepoints, and the tracepoints of a category. Undefined: tracefs is not mounted. */
  tracepointCategories(): readonly string[] | undefined;
  tracepointsOf(category: string): readonly string[];
  /** Contents of the file `format`, or undefined: there is no such tracepoint. */
  tracepointFormat(category: string, name: string): string | undefined;
  /** The USDT probes of a file; undefined: it cannot be read. */
  usdtProbes(file: string): readonly Pick<UsdtProbe, 'provider' | 'name'>[] | undefined;
  /** Functions that the kernel lets be traced, with the module that has them. Undefined: tracefs is not mounted, or may not be read. */
  traceableFunctions(): readonly TraceableFunction[] | undefined;
  /**
   * What a program or library defines.
   * @param target its path, or the name of a library
   * @returns undefined if it cannot be read
   */
  symbolsOf(target: string, isWanted: (name: string) => boolean): DefinedSymbols | undefined;
  /** Whether the kernel has a variable or function of this name; undefined: it does not say. */
  hasSymbol(name: string): boolean | undefined;
}

export function isAtLeast({ version }: KernelTypes, major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}
