import type { BpfMap, BpfObject } from './addon.js';
import type { HandlerRequest } from './load_request.js';

/** What calls the handlers of one hook. All probes share it. */
export interface HandlerCaller {
  /** Attaches the calling program, if none is. @throws SantaError; then it counts as not opened */
  open(): Promise<void>;
  /** To be called once for each `open`. The last one detaches the program. */
  close(): void;
  /** Suffix of the variants that the attached program can call. */
  readonly variant: string;
  /** Names of the maps that objects with handlers may declare. */
  readonly mapNames: readonly string[];
  /** These maps by name. */
  maps(): ReadonlyMap<string, BpfMap>;
  /** A place for a handler, from 1 on. @throws fault HANDLERS_FULL */
  takePlace(program: string): number;
  /** Has a loaded handler called from now on. @throws fault HANDLERS_FULL */
  add(place: number, handler: { object: BpfObject; program: string; wants: Uint8Array }): void;
  /** Ends the calls, and gives the place back. */
  leave(place: number): void;
}

const variants = ['', '_classic', '_preemptible'];

/** The programs of handlers, in all variants. */
export function handlerPrograms(requests: readonly HandlerRequest[]): string[] {
  return requests.flatMap(({ program }) => variants.map((variant) => `${program}${variant}`));
}

/** The handlers of one object, of all hooks. */
export class Handlers {
  readonly #requests: readonly HandlerRequest[];
  readonly #callers: ReadonlyMap<string, HandlerCaller>;
  readonly #opened = new Set<HandlerCaller>();
  readonly #places = new Map<HandlerRequest, number>();

  /** @param callers by the name of the hook; may be left out for objects without handlers */
  constructor(requests: readonly HandlerRequest[], callers: ReadonlyMap<string, HandlerCaller> = new Map()) {
    this.#requests = requests;
    this.#callers = callers;
  }

  /**
   * Sets up an opened object. Of a handler in use only the variant for the attached program is loaded.
   * @param unused programs that must not be loaded; a handler stands there with the name of its first variant
   * @throws SantaError
   */
  async prepare(object: BpfObject, unused: readonly string[]): Promise<void> {
    for (const [hook, caller] of this.#callers) {
      const requests = this.#requests.filter((request) => request.hook === hook);
      if (requests.length > 0) await this.#prepare(object, caller, requests, unused);
    }
  }

  /** Whether a program is a handler. It is not attached: it is added. */
  includes(program: string): boolean {
    return this.#requestOf(program) !== undefined;
  }

  /** Has a handler of the loaded object called from now on. @throws fault HANDLERS_FULL */
  add(object: BpfObject, program: string): void {
    const request = this.#requestOf(program)!;
    this.#callers.get(request.hook)?.add(this.#places.get(request)!, { object, program, wants: request.wants });
  }

  /** Ends the calls of the object, which may be closed then. */
  withdraw(): void {
    for (const [{ hook }, place] of this.#places) this.#callers.get(hook)?.leave(place);
    this.#places.clear();
  }

  /** Ends everything; does nothing the second time. */
  close(): void {
    this.withdraw();
    for (const caller of this.#opened) caller.close();
    this.#opened.clear();
  }

  async #prepare(
    object: BpfObject,
    caller: HandlerCaller,
    requests: readonly HandlerRequest[],
    unused: readonly string[],
  ): Promise<void> {
    const used = requests.filter(({ program }) => !unused.includes(program));
    const declared = object.maps().flatMap(({ name }) => (caller.mapNames.includes(name) ? [name] : []));
    for (const request of requests) if (!used.includes(request)) select(object, request, undefined);
    if (used.length === 0) {
      for (const name of declared) object.setAutocreate(name, false);
      return;
    }
    if (!this.#opened.has(caller)) {
      await caller.open();
      this.#opened.add(caller);
    }
    const shared = caller.maps();
    for (const name of declared) object.reuseMap(name, shared.get(name)!);
    for (const request of used) {
      select(object, request, caller.variant);
      const place = this.#places.get(request) ?? caller.takePlace(request.program);
      this.#places.set(request, place);
      object.setInitialValue(request.place.map, request.place.offset, new Uint8Array(Uint32Array.of(place).buffer));
    }
  }

  #requestOf(name: string): HandlerRequest | undefined {
    return this.#requests.find(({ program }) => variants.some((suffix) => program + suffix === name));
  }
}

/** Has one variant of a handler loaded, or none. */
function select(object: BpfObject, { program }: HandlerRequest, variant: string | undefined): void {
  for (const suffix of variants) object.setAutoload(program + suffix, suffix === variant);
}
