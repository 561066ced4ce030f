import type { Frame } from '../stacks/profile.js';
import type { Modules } from './modules.js';
import { shownName, shownPath } from './names.js';
import { type Mapping, mappingOf, type ObservedProcess, type Processes } from './processes.js';
import { isPythonCode, type PythonProcesses } from './python_processes.js';
import { pythonStack } from './python_stack.js';

const unknownPython: Frame = { function: '', module: '[python]', offset: 0, isKernel: false };
const unknown: Frame = { function: '', module: '', offset: 0, isKernel: false };

/** The frames of user addresses, for one call of `symbolize`: say all addresses, load, then ask. */
export class UserFrames {
  private readonly wanted = new Map<number, Set<bigint>>();
  private readonly frames = new Map<number, Map<bigint, Frame>>();

  constructor(
    private readonly processes: Processes,
    private readonly modules: Modules,
    private readonly python: PythonProcesses,
  ) {}

  want(pid: number, addresses: readonly bigint[]): void {
    if (addresses.length === 0) return;
    const wanted = this.wanted.get(pid) ?? new Set();
    this.wanted.set(pid, wanted);
    for (const address of addresses) wanted.add(address);
  }

  /** The frames of a stack, innermost first. Of a Python, `pythonStack` says how its two parts become one. */
  stack(pid: number, addresses: readonly bigint[]): Frame[] {
    const first = addresses.findIndex(isPythonCode);
    const count = first === -1 ? addresses.length : first;
    const native = addresses.slice(0, count).map((address, i) => this.frame(pid, calling(address, i)));
    if (first === -1) return native;
    const functions = addresses.slice(first).map((address) => this.frame(pid, address));
    return pythonStack(native, functions, this.python.moduleOf(pid));
  }

  /** Reads what the wanted addresses take. Never rejects. */
  async load(): Promise<void> {
    await this.processes.observe(this.wanted.keys());
    await Promise.all([...this.wanted].map(([pid, addresses]) => this.loadProcess(pid, addresses)));
  }

  private frame(pid: number, address: bigint): Frame {
    let frames = this.frames.get(pid);
    if (frames === undefined) {
      frames = new Map();
      this.frames.set(pid, frames);
    }
    let frame = frames.get(address);
    if (frame === undefined) {
      frame = isPythonCode(address) ? this.python.frame(pid, address) : this.lookUp(pid, Number(address));
      frame ??= unknownPython;
      frames.set(address, frame);
    }
    return frame;
  }

  private async loadProcess(pid: number, addresses: ReadonlySet<bigint>): Promise<void> {
    let process = this.processes.get(pid);
    if (process === undefined) return;
    let needs = needsOf(process, addresses);
    if (needs.hasUnmapped) {
      await this.processes.refresh(pid);
      process = this.processes.get(pid) ?? process;
      needs = needsOf(process, addresses);
    }
    const { mappings, generated } = needs;
    const reads: Promise<void>[] = [...mappings].map((mapping) => this.modules.load(process, mapping));
    if (generated.length > 0) reads.push(this.loadGenerated(process, generated));
    await Promise.all(reads);
    if ([...addresses].some(isPythonCode)) await this.python.observe(pid, [...addresses]);
  }

  private async loadGenerated(process: ObservedProcess, addresses: readonly number[]): Promise<void> {
    await this.modules.loadJit(process);
    const table = this.modules.jitTableOf(process);
    if (addresses.every((address) => table?.nameAt(address) !== undefined)) return;
    await this.processes.check(process.pid);
    await this.modules.loadJit(this.processes.get(process.pid) ?? process);
  }

  private lookUp(pid: number, address: number): Frame {
    const process = this.processes.get(pid);
    const mapping = process && mappingOf(process, address);
    if (process === undefined || mapping === undefined) return unknown;
    const table = this.modules.tableOf(process, mapping);
    const offset = address - mapping.start + mapping.fileOffset;
    if (table !== undefined) {
      const inFile = table.addressOf(offset);
      const name = inFile === undefined ? undefined : table.nameAt(inFile);
      return frameOf(name, shownPath(mapping.path), inFile ?? offset);
    }
    const name = isGenerated(mapping) ? this.modules.jitTableOf(process)?.nameAt(address) : undefined;
    if (name !== undefined) return frameOf(name, '[jit]', address - mapping.start);
    return frameOf(undefined, isAnonymous(mapping) ? '' : shownPath(mapping.path), offset);
  }
}

function frameOf(name: string | undefined, module: string, offset: number): Frame {
  return { function: name === undefined ? '' : shownName(name), module, offset, isKernel: false };
}

interface Needs {
  readonly hasUnmapped: boolean;
  readonly mappings: ReadonlySet<Mapping>;
  /** Addresses of code that may have been compiled at run time. */
  readonly generated: readonly number[];
}

function needsOf(process: ObservedProcess, addresses: ReadonlySet<bigint>): Needs {
  const mappings = new Set<Mapping>();
  const generated: number[] = [];
  let hasUnmapped = false;
  for (const address of addresses) {
    if (isPythonCode(address)) continue;
    const mapping = mappingOf(process, Number(address));
    if (mapping === undefined) hasUnmapped = true;
    else {
      mappings.add(mapping);
      if (isGenerated(mapping)) generated.push(Number(address));
    }
  }
  return { hasUnmapped, mappings, generated };
}

function isAnonymous({ path }: Mapping): boolean {
  return path === '' || path.startsWith('[anon');
}

/** Compilers at run time write to anonymous memory or to files in memory. */
function isGenerated(mapping: Mapping): boolean {
  return isAnonymous(mapping) || /^\/(?:memfd:|dev\/zero$|dev\/shm\/)/.test(mapping.path);
}

/** All but the innermost are addresses to return to: the call before may be the last instruction of its function. */
export function calling(address: bigint, depth: number): bigint {
  return depth === 0 || address === 0n ? address : address - 1n;
}
