import type { Frame, Interpreter } from '../stacks/profile.js';
import { type Helper, Refusal } from './helper.js';
import type { Modules } from './modules.js';
import { shownPath } from './names.js';
import type { ObservedProcess, Processes } from './processes.js';
import { nameCode, type Range } from './python_code.js';
import { debugOffsetsBytes, encodePythonProcess, type PythonOffsets, parseDebugOffsets } from './python_offsets.js';

interface Python {
  /** Path of the interpreter as shown. */
  readonly module: string;
  readonly stamp: string;
  /** Undefined for programs that are no readable Python. */
  readonly offsets: PythonOffsets | undefined;
  readonly interpreter: Interpreter | undefined;
  /** By address of the code object; undefined for what is none. */
  readonly names: Map<bigint, { readonly frame: Frame | undefined; readonly until: number }>;
}

/** Marks the addresses of code objects in stacks, see bpf/include/python_frames.h. */
const codeMark = 1n << 63n;
const limitMs = 3000;
/** As many as the BPF map has entries. */
const mostProcesses = 1024;
/** Of one process; the oldest are read again. */
const keptNames = 4096;
/** Of all processes together: about 20 MB. */
const mostNames = 65_536;
/** The first bytes of a mapping may come before its part of the file. */
const largestPage = 65_536;
/** Python may free a function and use its memory for another one. */
const freshMs = 60_000;

/** Whether an address of a stack is a Python function's. */
export function isPythonCode(address: bigint): boolean {
  return address >= codeMark;
}

/** The Python interpreters among the observed processes, and the names of their functions. Names stay after the process has ended. */
export class PythonProcesses {
  private readonly known = new Map<number, Python>();
  private readonly reading = new Map<number, Promise<void>>();

  constructor(
    private readonly helper: Pick<Helper, 'ask'>,
    private readonly processes: Pick<Processes, 'get'>,
    private readonly modules: Pick<Modules, 'tableOf'>,
    private readonly now: () => number,
  ) {}

  /** Those whose functions the BPF program can find. */
  interpreters(): Interpreter[] {
    return [...this.known.values()].flatMap(({ interpreter }) => interpreter ?? []);
  }

  /** Looks whether a process is a Python, and reads the names of code objects that its stacks have. Never rejects. */
  async observe(pid: number, addresses: readonly bigint[]): Promise<void> {
    await this.reading.get(pid);
    const process = this.processes.get(pid);
    if (process === undefined) return;
    const reading = this.read(process, addresses).finally(() => this.reading.delete(pid));
    this.reading.set(pid, reading);
    await reading;
  }

  /** The name of a code object as far as it was read. */
  frame(pid: number, address: bigint): Frame | undefined {
    return this.known.get(pid)?.names.get(address)?.frame;
  }

  /** The path of a process's interpreter as shown; undefined if it is no Python. */
  moduleOf(pid: number): string | undefined {
    return this.known.get(pid)?.module;
  }

  private async read(process: ObservedProcess, addresses: readonly bigint[]): Promise<void> {
    try {
      const python = await this.find(process);
      if (python?.offsets === undefined || process.hasEnded) return;
      const { names } = python;
      const isFresh = (address: bigint) => (names.get(address)?.until ?? 0) > this.now();
      const wanted = addresses.filter((address) => isPythonCode(address) && !isFresh(address)).slice(0, keptNames);
      const found = await nameCode(
        (ranges) => this.memory(process, ranges),
        python.offsets,
        wanted.map((address) => address - codeMark),
      );
      const until = this.now() + freshMs;
      for (const address of wanted) {
        names.delete(address);
        names.set(address, { frame: found.get(address - codeMark), until });
        if (names.size > keptNames) names.delete(names.keys().next().value!);
      }
      this.forgetNames();
    } catch (error) {
      // Memory that makes the helper wait is not read again.
      if (!(error instanceof Refusal)) this.keep(process, '', undefined, undefined);
    }
  }

  private async find(process: ObservedProcess): Promise<Python | undefined> {
    const known = this.known.get(process.pid);
    this.known.delete(process.pid);
    if (known?.stamp === process.stamp) {
      this.known.set(process.pid, known);
      return known;
    }
    const found = this.runtimeOf(process);
    if (found === undefined) return undefined;
    const { runtime, module } = found;
    const bytes = await this.memory(process, [{ address: BigInt(runtime), length: debugOffsetsBytes }]);
    const offsets = parseDebugOffsets(bytes);
    const interpreter = offsets && { pid: process.pid, layout: encodePythonProcess(runtime, offsets) };
    return this.keep(process, module, offsets, interpreter);
  }

  private keep(
    { pid, stamp }: ObservedProcess,
    module: string,
    offsets: PythonOffsets | undefined,
    interpreter: Interpreter | undefined,
  ): Python {
    const python = { stamp, module, offsets, interpreter, names: new Map() };
    this.known.delete(pid);
    this.known.set(pid, python);
    if (this.known.size > mostProcesses) this.known.delete(this.known.keys().next().value!);
    return python;
  }

  private forgetNames(): void {
    let total = [...this.known.values()].reduce((sum, { names }) => sum + names.size, 0);
    for (const [pid, { names }] of this.known) {
      if (total <= mostNames) return;
      total -= names.size;
      this.known.delete(pid);
    }
  }

  /** The address of `_PyRuntime`, as far as the table of its file is loaded. */
  private runtimeOf(process: ObservedProcess): { runtime: number; module: string } | undefined {
    for (const mapping of process.mappings) {
      const table = this.modules.tableOf(process, mapping);
      const start = table?.pythonRuntime ? table.addressOf(mapping.fileOffset + largestPage) : undefined;
      if (start === undefined) continue;
      const runtime = mapping.start + largestPage - start + table!.pythonRuntime;
      if (Number.isSafeInteger(runtime) && runtime > 0) return { runtime, module: shownPath(mapping.path) };
    }
    return undefined;
  }

  private async memory({ pid, stamp }: ObservedProcess, ranges: readonly Range[]): Promise<Buffer> {
    const words = ranges.map(({ address, length }) => `${address}:${length}`);
    const { payload } = await this.helper.ask(`memory ${pid} ${stamp} ${words.join(' ')}`, limitMs);
    const expected = ranges.reduce((sum, { length }) => sum + length, 0);
    if (payload.length !== expected) throw new Refusal('an answer of another length');
    return Buffer.from(payload);
  }
}
