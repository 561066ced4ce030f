import { type BpfMap, type BpfObject, isNativeError } from './addon.js';
import { Alternatives } from './alternatives.js';
import { attachPrograms } from './attachment.js';
import { type IteratorRun, Iterators } from './iterators.js';
import type { KernelContext } from './kernel_context.js';
import type { LoadRequest } from './load_request.js';
import { openObject } from './object_file.js';
import { applySettings } from './object_settings.js';
import { blamedProgram, explainLoadFailure } from './rejection.js';

/**
 * One object in the kernel: loaded, attached, closed. Where a program fails, its alternatives are tried in their order.
 * Owns the object and everything attached; `close()` releases them.
 */
export class KernelProbe {
  readonly #context: KernelContext;
  readonly #request: LoadRequest;
  readonly #alternatives: Alternatives;
  #object: BpfObject | undefined;
  #iterators: Iterators | undefined;

  private constructor(context: KernelContext, request: LoadRequest) {
    this.#context = context;
    this.#request = request;
    this.#alternatives = new Alternatives(request.alternatives, request.optional, request.nested);
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
   * Attaches every program in use. If one fails, the object is loaded anew with the next alternative, or without an
   * optional program.
   * @throws one SantaError; nothing stays loaded then
   */
  async attach(): Promise<void> {
    for (;;) {
      const object = this.#loaded();
      const outcome = attachPrograms(object, this.#request, this.#context.host);
      if ('attached' in outcome) {
        this.#iterators = new Iterators(object, outcome.attached, this.#request.iterators);
        return;
      }
      const { program, fault } = outcome.failure;
      this.close();
      if (!this.#alternatives.replace(program, fault)) {
        throw fault;
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

  /** Runs, run time and missed runs that the kernel counted so far. Runs and run time count only while statistics are on. */
  runCounts(program: string): { runs: number; nanoseconds: number; missed: number } {
    const info = this.#loaded().programInfo(program);
    return { runs: info.runCount ?? 0, nanoseconds: info.runTimeNs ?? 0, missed: info.recursionMisses ?? 0 };
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

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    this.#object?.close();
    this.#object = undefined;
    this.#iterators = undefined;
  }

  #loaded(): BpfObject {
    if (this.#object === undefined) {
      throw new Error(`probe "${this.#request.probe}" is not loaded`);
    }
    return this.#object;
  }

  async #load(): Promise<void> {
    const { host, btfPath } = this.#context;
    for (;;) {
      const object = openObject(this.#context, this.#request.object);
      try {
        applySettings(object, this.#request, this.#alternatives, this.#context);
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
        const failure = explainLoadFailure(error, this.#request.probe, host, btfPath);
        if (program === undefined || !this.#alternatives.replace(program, failure)) {
          throw failure;
        }
      }
    }
  }
}
