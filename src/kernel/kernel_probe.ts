import { fault, type SantaError } from '../errors.js';
import { type Addon, type BpfMap, type BpfObject, isNativeError, type Link } from './addon.js';
import { Alternatives } from './alternatives.js';
import type { Host } from './host.js';
import { type PerfEventName, perfEvents } from './perf_events.js';
import { blamedProgram, explainAttachFailure, explainLoadFailure } from './rejection.js';

const TASK_STORAGE = 29;
/** Sections of programs that are attached by a type of the kernel's own BTF: a file cannot stand in for it. */
const NEEDS_KERNEL_BTF = /^(tp_btf|fentry|fexit|fmod_ret|lsm|iter)/;

/** What of an object is to be loaded, and how. Programs and maps named are those of the object. */
export interface LoadRequest {
  readonly probe: string;
  /** Path of the object file. */
  readonly object: string;
  /** Lists of programs of which the first that this kernel takes is used. */
  readonly alternatives: readonly (readonly string[])[];
  /** Programs that sample on an event of every CPU. */
  readonly perfEvents: readonly PerfEventRequest[];
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
    // Without libbpf's frame, and without the path, which the sentence has.
    const said = error.log
      .trim()
      .split('\n')
      .at(-1)!
      .replace(/^(libbpf: )?(elf: )?/, '');
    const reason = said.replaceAll(`'${path}'`, 'a file that').replaceAll(path, 'it') || error.code;
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

  private constructor(context: KernelContext, request: LoadRequest) {
    this.#context = context;
    this.#request = request;
    this.#alternatives = new Alternatives(request.alternatives);
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
   * Attaches every program. Where a hook is missing the next alternative is loaded in its place.
   * @throws one SantaError; nothing stays loaded then
   */
  async attach(): Promise<void> {
    for (;;) {
      const failure = this.#attachOnce();
      if (failure === undefined) {
        return;
      }
      this.close();
      if (!this.#alternatives.advance(failure.program)) {
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

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    this.#object?.close();
    this.#object = undefined;
    this.#links = [];
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
        if (program === undefined || !this.#alternatives.advance(program)) {
          throw explainLoadFailure(error, this.#request.probe, this.#context.host, this.#context.btfPath);
        }
      }
    }
  }

  #configure(object: BpfObject): void {
    if (!this.#context.host.hasBtf) {
      // One such program would make the whole object fail, and its log would name none.
      const typed = object.programs().filter(({ section }) => NEEDS_KERNEL_BTF.test(section));
      this.#alternatives.avoid((program) => typed.some(({ name }) => name === program));
    }
    for (const program of this.#alternatives.unused()) {
      object.setAutoload(program, false);
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
    for (const { name, section } of this.programs()) {
      try {
        const sampling = this.#request.perfEvents.find((event) => event.program === name);
        this.#links.push(sampling === undefined ? object.attach(name) : attachSampling(object, sampling));
      } catch (error) {
        if (!isNativeError(error)) {
          throw error;
        }
        return { program: name, fault: explainAttachFailure(error, name, section, this.#context.host) };
      }
    }
    return undefined;
  }
}

function attachSampling(object: BpfObject, { program, event, frequency, period }: PerfEventRequest): Link {
  return object.attachPerfEvent(program, {
    ...perfEvents[event],
    ...(frequency === undefined ? {} : { frequency }),
    ...(period === undefined ? {} : { period }),
  });
}
