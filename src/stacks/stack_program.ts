import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BpfMap } from '../kernel/addon.js';
import type { KernelContext } from '../kernel/kernel_context.js';
import { KernelProbe } from '../kernel/kernel_probe.js';
import type { InitialValue, LoadRequest } from '../kernel/load_request.js';
import { openObject } from '../kernel/object_file.js';
import { packageFolder } from '../package_folder.js';
import type { Interpreter, ProfileKind } from './profile.js';
import { type RawStack, type StackLabels, StackReader } from './stack_reader.js';

/** Samples per second and CPU: not a divisor of common rates, to sample periodic work at all its stages. */
export const samplesPerSecond = 49;

/** A program that runs on this CPU when the maps are switched ends long before: it may neither sleep nor be preempted. */
const settlingMs = 50;
const only = new Uint8Array(4);

/** What was in the kernel's maps. */
export interface Collected {
  readonly stacks: readonly RawStack[];
  /** Sum of the values that found no place. */
  readonly lost: number;
  /** Stacks of processes without their user part, which could not be read. */
  readonly incomplete: number;
}

/**
 * Entries of each of the two maps. A single user gets half of the places: on hosts with up to 16 CPUs, all samples of five seconds find
 * one, whatever their stacks.
 */
export function stackEntries(possibleCpus: number): number {
  return Math.min(8192, Math.max(2048, 512 * possibleCpus));
}

/** The object of each kind, and the events that its program samples. */
const programs: Readonly<Record<ProfileKind, Pick<LoadRequest, 'probe' | 'attach'>>> = {
  cpu: {
    probe: 'cpu_stacks',
    attach: { sample_stack: { event: 'cpu-clock', frequency: samplesPerSecond } },
  },
  offcpu: { probe: 'off_cpu_stacks', attach: {} },
};

/** The program that sums by stack in the kernel, loaded and attached. Owns its kernel objects. */
export class StackProgram {
  /** The programs and their runs, for the account of costs. */
  readonly kernel: KernelProbe;
  readonly #halves: readonly { readonly map: BpfMap; readonly reader: StackReader }[];
  readonly #switch: BpfMap;
  readonly #newcomers: BpfMap;
  readonly #losses: BpfMap;
  readonly #python: BpfMap;
  /** What the map has, by the number of the process. */
  readonly #followed = new Map<number, Uint8Array>();
  #active = 0;
  #collections = 1;
  #lostBefore = 0;
  #incompleteBefore = 0;

  private constructor(kernel: KernelProbe, labels: StackLabels) {
    this.kernel = kernel;
    this.#halves = ['stacks_0', 'stacks_1'].map((name) => {
      const map = kernel.map(name);
      return { map, reader: new StackReader(map, labels) };
    });
    this.#switch = kernel.map('.bss');
    this.#newcomers = kernel.map('stacks_newcomers');
    this.#losses = kernel.map('stack_losses');
    this.#python = kernel.map('python_processes');
    this.#limitNewEntries();
  }

  /**
   * Loads and attaches the program of a kind.
   * @param constants makes initial values of the object's variables by its BTF
   * @throws SantaError; nothing stays loaded then
   */
  static async load(
    context: KernelContext,
    kind: ProfileKind,
    labels: StackLabels,
    constants: (btf: Uint8Array) => readonly InitialValue[] = () => [],
  ): Promise<StackProgram> {
    const { probe, attach } = programs[kind];
    const path = join(packageFolder, `dist/bpf/${probe}.bpf.o`);
    const opened = openObject(context, path);
    const entries = stackEntries(context.host.possibleCpus);
    const request: LoadRequest = {
      probe,
      object: path,
      alternatives: [],
      attach,
      iterators: [],
      maxEntries: { stacks_0: entries, stacks_1: entries },
      constants: constants(opened.btf()!),
    };
    const kernel = await KernelProbe.load(context, request, opened);
    await kernel.attach();
    return new StackProgram(kernel, labels);
  }

  /**
   * Reads and clears what the program has summed since the last call. Calls must not overlap.
   * @throws NativeError as rejection if the program is closed meanwhile
   */
  async collect(): Promise<Collected> {
    const { map, reader } = this.#halves[this.#active]!;
    this.#active = 1 - this.#active;
    this.#switch.update(only, new Uint8Array(Uint32Array.of(this.#active).buffer));
    this.#limitNewEntries();
    await delay(settlingMs);
    const stacks = await reader.read();
    await map.empty();
    return { stacks, ...this.#countLosses() };
  }

  /** Notes the functions of these Pythons from now on, and of no others. @throws NativeError if the map is full or closed */
  follow(interpreters: readonly Interpreter[]): void {
    const wanted = new Map(interpreters.map(({ pid, layout }) => [pid, layout]));
    for (const pid of this.#followed.keys()) {
      if (wanted.has(pid)) continue;
      this.#python.delete(keyOf(pid));
      this.#followed.delete(pid);
    }
    for (const [pid, layout] of wanted) {
      if (this.#followed.get(pid) === layout) continue;
      this.#python.update(keyOf(pid), layout);
      this.#followed.set(pid, layout);
    }
  }

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    this.kernel.close();
  }

  /** Gives every user a share of the empty map. */
  #limitNewEntries(): void {
    this.#collections = (this.#collections + 1) >>> 0 || 1;
    const limit = Uint32Array.of(this.#collections, this.#halves[0]!.map.maxEntries);
    this.#newcomers.update(only, new Uint8Array(limit.buffer));
  }

  #countLosses(): { lost: number; incomplete: number } {
    const bytes = this.#losses.lookup(only)!;
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    let lost = 0;
    let incomplete = 0;
    for (let cpu = 0; cpu < words.length; cpu += 3) {
      lost += Number(words[cpu + 1]);
      incomplete += Number(words[cpu + 2]);
    }
    const grown = { lost: lost - this.#lostBefore, incomplete: incomplete - this.#incompleteBefore };
    this.#lostBefore = lost;
    this.#incompleteBefore = incomplete;
    return grown;
  }
}

function keyOf(pid: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(pid).buffer);
}
