import { join } from 'node:path';
import { fault } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';
import type { BpfMap, BpfObject } from './addon.js';
import { AttachedPrograms, type SharedSource } from './attached_programs.js';
import { HANDLERS_OF_A_CALL, HandlerLists } from './handler_lists.js';
import { type HandlerCaller, SHARED_MAPS } from './handlers.js';
import type { KernelContext } from './kernel_context.js';
import { KernelProbe } from './kernel_probe.js';
import type { LoadRequest } from './load_request.js';
import { openObject } from './object_file.js';
import type { RunCounts } from './run_cost.js';

const sharedHook = 'syscall_exits';

const program = 'dispatch_call';
const request: LoadRequest = {
  probe: sharedHook,
  object: join(packageFolder, `dist/bpf/${sharedHook}.bpf.o`),
  alternatives: [[program, `${program}_classic`, `${program}_preemptible`]],
  perfEvents: [],
  iterators: [],
  maxEntries: {},
  constants: [],
};

/** What is in the kernel while a probe has handlers. */
interface Attached {
  readonly kernel: KernelProbe;
  readonly program: SharedProgram;
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly lists: HandlerLists;
  readonly taken: Set<number>;
}

/**
 * The program that is attached to the exit of system calls and calls the handlers of all probes. See
 * bpf/include/syscall_exit.h. It is attached while any probe has a handler.
 */
export class SyscallExits implements HandlerCaller, SharedSource {
  readonly name = sharedHook;
  readonly #context: KernelContext;
  #users = 0;
  #opening: Promise<void> | undefined;
  #attached: Attached | undefined;

  /** @param context its `handlerCaller` is not used */
  constructor(context: KernelContext) {
    this.#context = context;
  }

  async open(): Promise<void> {
    this.#users++;
    this.#opening ??= this.#attach();
    try {
      await this.#opening;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#opening = undefined;
    this.#attached?.program.detach();
    this.#attached?.kernel.close();
    this.#attached = undefined;
  }

  get variant(): string {
    return this.#running().program.programs[0]!.name.slice(program.length);
  }

  maps(): ReadonlyMap<string, BpfMap> {
    return this.#running().maps;
  }

  takePlace(handler: string): number {
    const { taken, maps } = this.#running();
    const { maxEntries } = maps.get('syscall_handlers')!;
    for (let place = 1; place <= maxEntries; place++) {
      if (taken.has(place)) continue;
      taken.add(place);
      return place;
    }
    throw fault('HANDLERS_FULL', { program: handler, most: maxEntries });
  }

  add(place: number, handler: { object: BpfObject; program: string; wants: Uint8Array }): void {
    const { maps, lists } = this.#running();
    handler.object.setTailCall(handler.program, maps.get('syscall_handlers')!, place - 1);
    const changed = lists.add(place, handler.wants);
    if (changed === undefined) throw fault('HANDLERS_FULL', { program: handler.program, most: HANDLERS_OF_A_CALL });
    this.#write(changed);
  }

  leave(place: number): void {
    const { maps, lists, taken } = this.#running();
    this.#write(lists.remove(place));
    maps.get('syscall_handlers')!.delete(u32(place - 1));
    taken.delete(place);
  }

  get attached(): SharedProgram | undefined {
    return this.#attached?.program;
  }

  async #attach(): Promise<void> {
    const kernel = await KernelProbe.load(this.#context, request, openObject(this.#context, request.object));
    await kernel.attach();
    const maps = new Map(SHARED_MAPS.map((map) => [map, kernel.map(map)]));
    const lists = new HandlerLists(maps.get('syscall_handler_lists')!.maxEntries);
    this.#attached = { kernel, program: new SharedProgram(kernel, maps), maps, lists, taken: new Set() };
  }

  #write(kinds: readonly number[]): void {
    const { maps, lists } = this.#running();
    for (const kind of kinds) maps.get('syscall_handler_lists')!.update(u32(kind), lists.of(kind));
  }

  #running(): Attached {
    if (this.#attached === undefined) throw new Error('no program is attached to the exit of system calls');
    return this.#attached;
  }
}

/** The program that calls the handlers. Its run time is without theirs. */
export class SharedProgram extends AttachedPrograms {
  readonly #maps: ReadonlyMap<string, BpfMap>;

  constructor(kernel: KernelProbe, maps: ReadonlyMap<string, BpfMap>) {
    super(kernel);
    this.#maps = maps;
  }

  measure(isOn: boolean): void {
    if (this.isOpen) this.#maps.get('syscall_handlers_measured')!.update(u32(0), u32(Number(isOn)));
  }

  protected override readMeasured(name: string): RunCounts {
    const { runs, nanoseconds } = super.readMeasured(name);
    const bytes = this.#maps.get('syscall_handler_time')!.lookup(u32(0))!;
    const ofHandlers = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    return { runs, nanoseconds: nanoseconds - ofHandlers.reduce((sum, time) => sum + Number(time), 0) };
  }
}

function u32(number: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(number).buffer);
}
