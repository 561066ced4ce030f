import type { SantaError } from '../errors/fault.js';
import { type BpfMap, type BpfObject, isNativeError } from './addon.js';
import { Alternatives } from './alternatives.js';
import type { MovingHook } from './attach/places.js';
import { markAttachments } from './attach_mark.js';
import { attachPrograms } from './attachment.js';
import { Handlers } from './handlers.js';
import { type IteratorRun, Iterators } from './iterators.js';
import type { KernelContext } from './kernel_context.js';
import type { LoadRequest } from './load_request.js';
import { calledPrograms, fillMaps } from './map_filling.js';
import { missedRuns } from './missed_runs.js';
import { openObject } from './object_file.js';
import { applySettings } from './object_settings.js';
import { PerfSampling } from './perf_sampling.js';
import type { ProcessTable } from './process_table.js';
import type { ProgramRuns } from './program_runs.js';
import { blamedProgram, explainLoadFailure } from './rejection.js';
import type { RunCounts } from './run_cost.js';
import { RunCounters } from './run_counters.js';

/**
 * One object in the kernel: loaded, attached, closed. Where a program fails, its alternatives are tried in their order.
 * Owns the object and everything attached; `close()` releases them.
 */
export class KernelProbe implements ProgramRuns {
  readonly #context: KernelContext;
  readonly #request: LoadRequest;
  readonly #alternatives: Alternatives;
  readonly #handlers: Handlers;
  readonly #called: ReadonlySet<string>;
  #object: BpfObject | undefined;
  #iterators: Iterators | undefined;
  #counters: RunCounters | undefined;
  #sampling: PerfSampling | undefined;
  #moving: readonly MovingHook[] = [];

  private constructor(context: KernelContext, request: LoadRequest) {
    this.#context = context;
    this.#request = request;
    this.#alternatives = new Alternatives(request.alternatives, request.optional, request.nested);
    this.#called = calledPrograms(request);
    this.#handlers = new Handlers(request.handlers ?? [], context.handlerCallers);
  }

  /**
   * Loads without attaching.
   * @param object the requested object, opened and not loaded; the probe owns it from now on
   * @throws one SantaError; nothing stays loaded then
   */
  static async load(context: KernelContext, request: LoadRequest, object: BpfObject): Promise<KernelProbe> {
    const probe = new KernelProbe(context, request);
    try {
      await probe.#load(object);
    } catch (error) {
      probe.close();
      throw error;
    }
    return probe;
  }

  /**
   * Attaches every program in use. If one fails, the object is loaded anew with the next alternative, or without an
   * optional program.
   * @throws one SantaError; nothing stays loaded then. If no program is left, why the first of them was left out
   */
  async attach(): Promise<void> {
    for (;;) {
      const object = this.#loaded();
      const { addon } = this.#context;
      const atMark = markAttachments(object, addon);
      const outcome = attachPrograms(
        object,
        { ...this.#request, attach: { ...atMark, ...this.#request.attach } },
        this.#handlers,
        this.#context.host,
        this.#context.proc ?? '/proc',
      );
      if ('attached' in outcome) {
        this.#refuseToIdle(object);
        this.#iterators = new Iterators(object, outcome.attached, this.#request.iterators);
        this.#sampling = new PerfSampling(outcome.attached, this.#context.host);
        this.#moving = outcome.moving;
        if (atMark !== undefined) addon.callAttachMark();
        return;
      }
      const { program, fault } = outcome.failure;
      this.#unload();
      if (!this.#alternatives.replace(program, fault)) {
        this.close();
        throw this.#alternatives.reason(program, fault);
      }
      await this.#load(openObject(this.#context, this.#request.object));
    }
  }

  /** Programs in use. */
  programs(): { name: string; section: string }[] {
    return this.#loaded()
      .programs()
      .filter((program) => program.autoload)
      .map(({ name, section }) => ({ name, section }));
  }

  /** Numbers of a program in the kernel. */
  numbersOf(program: string): { readonly id: number; readonly tag: string } {
    const { id, tag } = this.#loaded().programInfo(program);
    return { id, tag };
  }

  measuredRuns(program: string): RunCounts {
    if (this.#handlers.includes(program)) return this.#counters!.read(program)!.measured;
    const info = this.#loaded().programInfo(program);
    return { runs: info.runCount ?? 0, nanoseconds: info.runTimeNs ?? 0 };
  }

  /** Handlers are called by the program that probes share, others through a map of programs. */
  isAttached(program: string): boolean {
    return !this.#handlers.includes(program) && !this.#called.has(program);
  }

  countedRuns(program: string): number | undefined {
    this.#loaded();
    return this.#counters?.read(program)?.runs;
  }

  /**
   * Events that a program missed because the kernel skipped it, and its twin did not count either; undefined if this kernel does not
   * count them. A twin itself misses none: its events are counted already, or missed by its first program.
   */
  missedRuns({ name, section }: { readonly name: string; readonly section: string }): number | undefined {
    const twins = this.#request.nested ?? {};
    if (Object.values(twins).includes(name)) return 0;
    const { kernelRelease } = this.#context.host;
    const missed = missedRuns(section, kernelRelease, this.#loaded().programInfo(name).recursionMisses);
    const twin = twins[name];
    if (missed === undefined || twin === undefined) return missed;
    // In this order: a miss is taken over some nanoseconds later. What is taken over between the two reads may make it too small.
    return Math.max(0, missed - (this.#counters?.read(twin)?.takenOver ?? 0));
  }

  /** A loaded map by its name or section. Valid until `close()`. */
  map(name: string): BpfMap {
    return this.#loaded().map(name);
  }

  /** Names of the attached iterators. They run only in `iterate`. */
  iterators(): string[] {
    return this.#iterators?.names() ?? [];
  }

  /** Runs the iterators; see `Iterators.run`. */
  async iterate(): Promise<IteratorRun[]> {
    return (await this.#iterators?.run()) ?? [];
  }

  /** The programs that sample perf events; undefined if there are none. */
  get sampling(): PerfSampling | undefined {
    return this.#sampling?.isEmpty ? undefined : this.#sampling;
  }

  /** Whether some program is attached to processes or interfaces that come and go. */
  get followsPlaces(): boolean {
    return this.#moving.length > 0;
  }

  /**
   * Attaches to what has come, and detaches from what has gone.
   * @returns what is wrong now
   */
  followPlaces(processes: ProcessTable): SantaError | undefined {
    const problems = this.#moving.map((hook) => hook.follow(processes));
    return problems.find((problem) => problem !== undefined);
  }

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    this.#unload();
    this.#handlers.close();
  }

  /** A probe that consists of optional programs has at least one of them. */
  #refuseToIdle(object: BpfObject): void {
    const [reason] = this.#alternatives.omissions;
    if (reason === undefined || object.programs().some(({ autoload }) => autoload)) return;
    this.close();
    throw reason;
  }

  /** Why optional programs were left out. */
  get omissions(): readonly SantaError[] {
    return this.#alternatives.omissions;
  }

  #unload(): void {
    this.#handlers.withdraw();
    this.#object?.close();
    this.#object = undefined;
    this.#iterators = undefined;
    this.#counters = undefined;
    this.#sampling = undefined;
    this.#moving = [];
  }

  #loaded(): BpfObject {
    if (this.#object === undefined) {
      throw new Error(`probe "${this.#request.probe}" is not loaded`);
    }
    return this.#object;
  }

  async #load(opened: BpfObject): Promise<void> {
    const { host, btfPath } = this.#context;
    for (let object = opened; ; object = openObject(this.#context, this.#request.object)) {
      try {
        await applySettings(object, this.#request, this.#alternatives, this.#handlers, this.#context);
        await object.load();
        fillMaps(object, this.#request.fills ?? []);
        this.#object = object;
        this.#counters = new RunCounters(object);
        return;
      } catch (error) {
        if (!isNativeError(error)) {
          object.close();
          throw error;
        }
        this.#context.onLog(this.#request.probe, object.log());
        const sections = new Map(object.programs().map(({ name, section }) => [name, section]));
        object.close();
        const program = blamedProgram(error.log);
        const failure = explainLoadFailure(error, this.#request.probe, host, btfPath, sections);
        if (program === undefined || !this.#alternatives.replace(program, failure)) {
          throw this.#alternatives.reason(program, failure);
        }
      }
    }
  }
}
