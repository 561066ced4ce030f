import { fault, type SantaError } from '../errors/fault.js';
import { TASK_STORAGE } from '../maps/map_kind.js';
import { type Addon, type BpfMap, type BpfObject, isNativeError, type Link } from './addon.js';
import { Alternatives } from './alternatives.js';
import { type Host, seesAllTasks } from './host.js';
import { type PerfEventName, perfEvents } from './perf_events.js';
import { blamedProgram, explainAttachFailure, explainLoadFailure } from './rejection.js';

/** Sections of programs that are attached by a type of the kernel's own BTF: a file cannot stand in for it. */
const NEEDS_KERNEL_BTF = /^(tp_btf|fentry|fexit|fmod_ret|lsm|iter)/;

/** Sections of programs that run when they are asked to, for every object of a kind that the kernel has. */
export const ITERATOR = /^iter(\.s)?\//;
/** Those that go through the tasks of one PID namespace. */
const TASK_ITERATOR = /^iter(\.s)?\/task(_|$)/;

interface AttachedIterator {
  readonly name: string;
  readonly section: string;
  readonly link: Link;
  readonly fills: readonly string[];
}

/** What of an object is to be loaded, and how. Programs and maps named are those of the object. */
export interface LoadRequest {
  readonly probe: string;
  /** Path of the object file. */
  readonly object: string;
  /** Lists of programs of which the first that this kernel takes is used. */
  readonly alternatives: readonly (readonly string[])[];
  /** Programs that are left out where this kernel does not have what they hook to. */
  readonly optional?: readonly string[] | undefined;
  /** Programs that sample on an event of every CPU. */
  readonly perfEvents: readonly PerfEventRequest[];
  /** Iterators to be run in this order, and the maps to be emptied before; others of the object come after them. */
  readonly iterators: readonly IteratorRequest[];
  /** Sizes of maps that differ from those in the object. */
  readonly maxEntries: Readonly<Record<string, number>>;
  /** Initial values of `const volatile` variables. */
  readonly constants: readonly InitialValue[];
}

export interface PerfEventRequest {
  readonly program: string;
  readonly event: PerfEventName;
  /** Samples per second and CPU; exactly one of `frequency` and `period` is given. */
  readonly frequency?: number | undefined;
  /** Events per sample. */
  readonly period?: number | undefined;
}

export interface IteratorRequest {
  readonly program: string;
  /** Maps that hold what it found and nothing else, their overflow companions included. */
  readonly fills: readonly string[];
}

/** An iterator that ran: how much CPU time that took. */
export interface IteratorRun {
  readonly program: string;
  readonly nanoseconds: number;
}

/** Bytes written into a map of global variables before it is loaded. */
export interface InitialValue {
  readonly map: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What loading needs of its surroundings. */
export interface KernelContext {
  readonly addon: Addon;
  readonly host: Host;
  /** BTF of this kernel from a file, where the kernel has none itself. */
  readonly btfPath: string | undefined;
  /** Takes libbpf's and the verifier's whole log of every load. */
  onLog(probe: string, log: string): void;
}

/**
 * Opens an object file: nothing is loaded and no privilege is needed.
 * @throws fault OBJECT_INVALID
 */
export function openObject(context: KernelContext, path: string): BpfObject {
  try {
    return new context.addon.BpfObject(path, context.btfPath === undefined ? {} : { btfPath: context.btfPath });
  } catch (error) {
    if (!isNativeError(error)) {
      throw error;
    }
    const [, problem] = /(?:^|\n)(?:libbpf: )?(?:elf: )?(.+)$/.exec(error.log.trim()) ?? [];
    // The sentence names the path already.
    const reason = problem?.replace(`'${path}'`, 'it').replace(path, 'it') ?? `opening it failed with ${error.code}`;
    throw fault('OBJECT_INVALID', { path, reason }, { cause: error });
  }
}

/**
 * The programs of one object, loaded into the kernel: the alternatives of each hook are tried in their order. Owns the
 * object and everything attached; `close()` gives all of it back.
 */
export class KernelProbe {
  readonly #context: KernelContext;
  readonly #request: LoadRequest;
  readonly #alternatives: Alternatives;
  #object: BpfObject | undefined;
  #links: Link[] = [];
  #iterators: AttachedIterator[] = [];

  private constructor(context: KernelContext, request: LoadRequest) {
    this.#context = context;
    this.#request = request;
    this.#alternatives = new Alternatives(request.alternatives, request.optional);
  }

  /**
   * Loads without attaching.
   * @throws one SantaError; nothing stays loaded then
   */
  static async load(context: KernelContext, request: LoadRequest): Promise<KernelProbe> {
    const probe = new KernelProbe(context, request);
    await probe.#load();
    return probe;
  }

  /**
   * Attaches every program. Where a hook is missing the next alternative is loaded in its place, or none if that is optional.
   * @throws one SantaError; nothing stays loaded then
   */
  async attach(): Promise<void> {
    for (;;) {
      const failure = this.#attachOnce();
      if (failure === undefined) {
        return;
      }
      this.close();
      if (!this.#doWithout(failure.program, failure.fault)) {
        throw failure.fault;
      }
      await this.#load();
    }
  }

  /** Programs in use. */
  programs(): { name: string; section: string }[] {
    return this.#loaded()
      .programs()
      .filter((program) => program.autoload)
      .map(({ name, section }) => ({ name, section }));
  }

  /** Programs that run in place of a preferred one that this kernel does not take. */
  fallbacks(): string[] {
    return this.#alternatives.fallbacks();
  }

  /** Runs and run time that the kernel counted so far, while counting was on. */
  runCounts(program: string): { runs: number; nanoseconds: number; missed: number } {
    const info = this.#loaded().programInfo(program);
    return { runs: info.runCount ?? 0, nanoseconds: info.runTimeNs ?? 0, missed: info.recursionMisses ?? 0 };
  }

  /** A loaded map by its name or section. Valid until `close()`. */
  map(name: string): BpfMap {
    return this.#loaded().map(name);
  }

  /** Names of the programs in use that run when `iterate` is called, and not by themselves. */
  iterators(): string[] {
    return this.#iterators.map(({ name }) => name);
  }

  /**
   * Empties the maps that iterators fill, each right before the first iterator that fills it, and runs the iterators one after
   * the other, off the main thread. Never call it while a map is read, nor twice at once.
   * @throws fault ITERATOR_FAILED of the first that fails; those after it were not run, and maps may be half filled
   */
  async iterate(): Promise<IteratorRun[]> {
    const emptied = new Set<string>();
    const runs: IteratorRun[] = [];
    for (const { name, section, link, fills } of this.#iterators) {
      let step = 'reading it';
      try {
        for (const map of fills) {
          if (emptied.has(map)) continue;
          step = `emptying map "${map}"`;
          await this.map(map).empty();
          emptied.add(map);
        }
        step = 'reading it';
        runs.push({ program: name, nanoseconds: await link.iterate() });
      } catch (error) {
        if (!isNativeError(error)) throw error;
        throw fault('ITERATOR_FAILED', { program: name, section, step, errno: error.code }, { cause: error });
      }
    }
    return runs;
  }

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    this.#object?.close();
    this.#object = undefined;
    this.#links = [];
    this.#iterators = [];
  }

  #loaded(): BpfObject {
    if (this.#object === undefined) {
      throw new Error(`probe "${this.#request.probe}" is not loaded`);
    }
    return this.#object;
  }

  async #load(): Promise<void> {
    for (;;) {
      const object = openObject(this.#context, this.#request.object);
      try {
        this.#configure(object);
        await object.load();
        this.#object = object;
        return;
      } catch (error) {
        if (!isNativeError(error)) {
          object.close();
          throw error;
        }
        this.#context.onLog(this.#request.probe, object.log());
        object.close();
        const program = blamedProgram(error.log);
        const failure = explainLoadFailure(error, this.#request.probe, this.#context.host, this.#context.btfPath);
        if (program === undefined || !this.#doWithout(program, failure)) {
          throw failure;
        }
      }
    }
  }

  /** Whether there is something else to be tried when a program failed. */
  #doWithout(program: string, { code }: SantaError): boolean {
    return this.#alternatives.advance(program) || (code === 'HOOK_MISSING' && this.#alternatives.omit(program));
  }

  #configure(object: BpfObject): void {
    if (!this.#context.host.btf?.isUsual) {
      // One such program would make the whole object fail, and its log would name none.
      const typed = object.programs().filter(({ section }) => NEEDS_KERNEL_BTF.test(section));
      this.#alternatives.avoid((program) => typed.some(({ name }) => name === program));
    }
    for (const program of this.#alternatives.unused()) {
      object.setAutoload(program, false);
    }
    const lister = object.programs().find(({ autoload, section }) => autoload && TASK_ITERATOR.test(section));
    if (lister !== undefined && !seesAllTasks(this.#context.host)) {
      // What it would show is right for the namespace, and would pass for the host's.
      throw fault('PID_NAMESPACE', { program: lister.name, section: lister.section });
    }
    for (const map of object.maps()) {
      if (map.type === TASK_STORAGE && !this.#context.addon.supportsMapType(map.type)) {
        object.setAutocreate(map.name, false);
      }
    }
    for (const [map, maxEntries] of Object.entries(this.#request.maxEntries)) {
      object.setMaxEntries(map, maxEntries);
    }
    for (const { map, offset, bytes } of this.#request.constants) {
      object.setInitialValue(map, offset, bytes);
    }
  }

  #attachOnce(): { program: string; fault: SantaError } | undefined {
    const object = this.#loaded();
    const iterators: AttachedIterator[] = [];
    for (const { name, section } of this.programs()) {
      try {
        const sampling = this.#request.perfEvents.find((event) => event.program === name);
        const link = sampling === undefined ? object.attach(name) : attachSampling(object, sampling);
        this.#links.push(link);
        if (ITERATOR.test(section)) iterators.push({ name, section, link, fills: this.#fillsOf(name) });
      } catch (error) {
        if (!isNativeError(error)) {
          throw error;
        }
        return { program: name, fault: explainAttachFailure(error, name, section, this.#context.host) };
      }
    }
    const order = this.#request.iterators.map(({ program }) => program);
    const place = ({ name }: AttachedIterator) => (order.includes(name) ? order.indexOf(name) : order.length);
    this.#iterators = iterators.sort((a, b) => place(a) - place(b));
    return undefined;
  }

  #fillsOf(program: string): string[] {
    const request = this.#request.iterators.find((iterator) => iterator.program === program);
    return [...(request?.fills ?? [])];
  }
}

function attachSampling(object: BpfObject, { program, event, frequency, period }: PerfEventRequest): Link {
  return object.attachPerfEvent(program, {
    ...perfEvents[event],
    ...(frequency === undefined ? {} : { frequency }),
    ...(period === undefined ? {} : { period }),
  });
}
