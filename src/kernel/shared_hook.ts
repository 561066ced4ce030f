import { join } from 'node:path';
import { fault, type SantaError } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';
import type { BpfMap, BpfObject } from './addon.js';
import { AttachedPrograms, type SharedSource } from './attached_programs.js';
import { HANDLERS_OF_AN_EVENT, HandlerLists } from './handler_lists.js';
import type { HandlerCaller } from './handlers.js';
import type { KernelContext } from './kernel_context.js';
import { KernelProbe } from './kernel_probe.js';
import type { LoadRequest } from './load_request.js';
import { openObject } from './object_file.js';
import type { RunCounts } from './run_cost.js';
import { type HookDescription, handlerMaps, hookDescriptions, sharedMaps } from './shared_hooks.js';

/** What is in the kernel while a probe has handlers. */
interface Attached {
  readonly kernel: KernelProbe;
  readonly programs: CallingPrograms;
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly lists: HandlerLists;
  readonly taken: Set<number>;
}

/**
 * A hook with one program, and its twin, that calls the handlers of all probes. See bpf/include/handlers.h. It is attached while
 * any probe has a handler.
 */
export class SharedHook implements HandlerCaller, SharedSource {
  readonly name: string;
  readonly hook: HookDescription;
  readonly mapNames: readonly string[];
  readonly #context: KernelContext;
  readonly #names: ReturnType<typeof handlerMaps>;
  #users = 0;
  #opening: Promise<void> | undefined;
  #attached: Attached | undefined;

  /** @param context its `handlerCallers` are not used */
  constructor(hook: HookDescription, context: KernelContext) {
    this.name = hook.name;
    this.hook = hook;
    this.mapNames = sharedMaps(hook);
    this.#context = context;
    this.#names = handlerMaps(hook);
  }

  /** All hooks that have handlers, by name. */
  static all(context: KernelContext): ReadonlyMap<string, SharedHook> {
    return new Map(hookDescriptions.map((hook) => [hook.name, new SharedHook(hook, context)]));
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
    this.#attached?.programs.detach();
    this.#attached?.kernel.close();
    this.#attached = undefined;
  }

  get variant(): string {
    return this.#running().programs.programs[0]!.name.slice(this.hook.program.length);
  }

  maps(): ReadonlyMap<string, BpfMap> {
    return this.#running().maps;
  }

  takePlace(handler: string): number {
    const { taken, maps } = this.#running();
    const { maxEntries } = maps.get(this.#names.handlers)!;
    for (let place = 1; place <= maxEntries; place++) {
      if (taken.has(place)) continue;
      taken.add(place);
      return place;
    }
    throw this.#full(handler, maxEntries);
  }

  add(place: number, handler: { object: BpfObject; program: string; wants: Uint8Array }): void {
    const { maps, lists } = this.#running();
    handler.object.setTailCall(handler.program, maps.get(this.#names.handlers)!, place - 1);
    const changed = lists.add(place, handler.wants);
    if (changed === undefined) throw this.#full(handler.program, HANDLERS_OF_AN_EVENT);
    this.#write(changed);
  }

  leave(place: number): void {
    const { maps, lists, taken } = this.#running();
    this.#write(lists.remove(place));
    maps.get(this.#names.handlers)!.delete(u32(place - 1));
    taken.delete(place);
  }

  get attached(): AttachedPrograms | undefined {
    return this.#attached?.programs;
  }

  async #attach(): Promise<void> {
    const request = requestOf(this.hook);
    const kernel = await KernelProbe.load(this.#context, request, openObject(this.#context, request.object));
    await kernel.attach();
    const maps = new Map(this.mapNames.map((map) => [map, kernel.map(map)]));
    const lists = new HandlerLists(maps.get(this.#names.lists)!.maxEntries, this.hook.results);
    const handlers = { time: maps.get(this.#names.time)!, measured: maps.get(this.#names.measured)! };
    const programs = new CallingPrograms(kernel, this.hook, handlers);
    this.#attached = { kernel, programs, maps, lists, taken: new Set() };
  }

  #full(program: string, most: number): SantaError {
    const { events, name } = this.hook;
    return fault('HANDLERS_FULL', { program, most, events, hook: name });
  }

  #write(kinds: readonly number[]): void {
    const { maps, lists } = this.#running();
    for (const kind of kinds) maps.get(this.#names.lists)!.update(u32(kind), lists.of(kind));
  }

  #running(): Attached {
    if (this.#attached === undefined) throw new Error(`no program of ${this.hook.name} is attached`);
    return this.#attached;
  }
}

function requestOf({ name, program, twin }: HookDescription): LoadRequest {
  return {
    probe: name,
    object: join(packageFolder, `dist/bpf/${name}.bpf.o`),
    alternatives: [[program, `${program}_classic`, `${program}_preemptible`]],
    ...(twin && { nested: { [program]: twin } }),
    iterators: [],
    maxEntries: {},
    constants: [],
  };
}

/** The maps in which handlers are measured; see bpf/include/handlers.h. */
interface HandlerMeasurement {
  readonly time: BpfMap;
  readonly measured: BpfMap;
}

/** The programs of a hook. Their run time is without that of the handlers. */
class CallingPrograms extends AttachedPrograms {
  readonly #twin: string | undefined;
  readonly #handlers: HandlerMeasurement;

  constructor(kernel: KernelProbe, { twin }: HookDescription, handlers: HandlerMeasurement) {
    super(kernel);
    this.#twin = twin;
    this.#handlers = handlers;
  }

  override measure(isOn: boolean): void {
    if (this.isOpen) this.#handlers.measured.update(u32(0), u32(Number(isOn)));
  }

  /** All handlers count as the first program's: those that its twin calls are one in many thousands. */
  protected override readMeasured(program: string): RunCounts {
    const { runs, nanoseconds } = super.readMeasured(program);
    return { runs, nanoseconds: program === this.#twin ? nanoseconds : nanoseconds - this.#ofHandlers() };
  }

  #ofHandlers(): number {
    const bytes = this.#handlers.time.lookup(u32(0))!;
    const times = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    return times.reduce((sum, time) => sum + Number(time), 0);
  }
}

function u32(number: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(number).buffer);
}
