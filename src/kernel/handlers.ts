import type { BpfMap, BpfObject } from './addon.js';
import type { HandlerRequest } from './load_request.js';

/** What calls the handlers of system calls. All probes share it. */
export interface HandlerCaller {
  /** Attaches the calling program, if none is. @throws SantaError; then it counts as not opened */
  open(): Promise<void>;
  /** To be called once for each `open`. The last one detaches the program. */
  close(): void;
  /** Suffix of the variants that the attached program can call. */
  readonly variant: string;
  /** The maps that objects with handlers share, by name. */
  maps(): ReadonlyMap<string, BpfMap>;
  /** A place for a handler, from 1 on. @throws fault HANDLERS_FULL */
  takePlace(program: string): number;
  /** Has a loaded handler called from now on. @throws fault HANDLERS_FULL */
  add(place: number, handler: { object: BpfObject; program: string; wants: Uint8Array }): void;
  /** Ends the calls, and gives the place back. */
  leave(place: number): void;
}

const variants = ['', '_classic', '_preemptible'];

/** The handlers of system calls of one object. */
export class Handlers {
  readonly #requests: readonly HandlerRequest[];
  readonly #caller: HandlerCaller | undefined;
  #isOpen = false;
  readonly #places = new Map<HandlerRequest, number>();

  /** @param caller undefined only for objects without handlers */
  constructor(requests: readonly HandlerRequest[], caller: HandlerCaller | undefined) {
    this.#requests = requests;
    this.#caller = caller;
  }

  /**
   * Sets up an opened object. Of a handler in use only the variant for the attached program is loaded.
   * @param unused programs that must not be loaded; a handler stands there with the name of its first variant
   * @throws SantaError
   */
  async prepare(object: BpfObject, unused: readonly string[]): Promise<void> {
    if (this.#caller === undefined || this.#requests.length === 0) return;
    const used = this.#requests.filter(({ program }) => !unused.includes(program));
    for (const request of this.#requests) if (!used.includes(request)) this.#select(object, request, undefined);
    if (used.length === 0) {
      for (const name of sharedMaps(object)) object.setAutocreate(name, false);
      return;
    }
    if (!this.#isOpen) {
      await this.#caller.open();
      this.#isOpen = true;
    }
    const shared = this.#caller.maps();
    for (const name of sharedMaps(object)) object.reuseMap(name, shared.get(name)!);
    for (const request of used) {
      this.#select(object, request, this.#caller.variant);
      const place = this.#places.get(request) ?? this.#caller.takePlace(request.program);
      this.#places.set(request, place);
      object.setInitialValue(request.place.map, request.place.offset, new Uint8Array(Uint32Array.of(place).buffer));
    }
  }

  /** Whether a program is a handler. It is not attached: it is added. */
  includes(program: string): boolean {
    return this.#requestOf(program) !== undefined;
  }

  /** Has a handler of the loaded object called from now on. @throws fault HANDLERS_FULL */
  add(object: BpfObject, program: string): void {
    const request = this.#requestOf(program)!;
    this.#caller?.add(this.#places.get(request)!, { object, program, wants: request.wants });
  }

  /** Ends the calls of the object, which may be closed then. */
  withdraw(): void {
    for (const place of this.#places.values()) this.#caller?.leave(place);
    this.#places.clear();
  }

  /** Ends everything; does nothing the second time. */
  close(): void {
    this.withdraw();
    if (this.#isOpen) this.#caller?.close();
    this.#isOpen = false;
  }

  #select(object: BpfObject, { program }: HandlerRequest, variant: string | undefined): void {
    for (const suffix of variants) object.setAutoload(program + suffix, suffix === variant);
  }

  #requestOf(name: string): HandlerRequest | undefined {
    return this.#requests.find(({ program }) => variants.some((suffix) => program + suffix === name));
  }
}

/** The maps of bpf/include/syscall_dispatch.h that an object has. */
function sharedMaps(object: BpfObject): string[] {
  return object.maps().flatMap(({ name }) => (SHARED_MAPS.includes(name) ? [name] : []));
}

/** The maps of bpf/include/syscall_dispatch.h. */
export const SHARED_MAPS: readonly string[] = [
  'syscall_exits',
  'unnamed_syscall_exits',
  'syscall_handlers',
  'syscall_handler_lists',
  'syscall_handlers_measured',
  'syscall_handler_time',
];
