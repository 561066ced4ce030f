/** Runs a script in the kernel, and reads its maps as the interpreter has them. */
import type { BpfObject } from '../../../src/kernel/addon.js';
import type { ScriptMapUse } from '../../../src/script/check/map_table.js';
import { compileToFit } from '../../../src/script/fitting_script.js';
import type { KernelTypes } from '../../../src/script/resolve/kernel_types.js';
import type { Script } from '../../../src/script/syntax/tree.js';
import { addon } from '../../harness/native_addon.js';
import { type Entry, entriesOf } from '../runtime_cases/map_text.js';
import { readValue, type Shown } from '../runtime_cases/shown_value.js';

export class KernelRun {
  #flagBytes: Uint8Array | undefined;

  private constructor(
    private readonly object: BpfObject,
    private readonly uses: readonly ScriptMapUse[],
  ) {}

  /** @throws Faults of the compiler, NativeError of the verifier */
  static async load(tree: Script, text: string, kernel: KernelTypes): Promise<KernelRun> {
    const { object: file, script: compiled } = compileToFit(tree, { file: 'x.bt', text, probe: 'x', kernel });
    const { uses } = compiled;
    const object = new addon.BpfObject(file, { name: 'script' });
    try {
      await object.load();
    } catch (error) {
      object.close();
      throw error;
    }
    return new KernelRun(object, uses);
  }

  close(): void {
    this.object.close();
  }

  /** @param value extended to 64 bits by its type */
  setInput(name: string, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    this.object.map(name).update(new Uint8Array(4), bytes);
  }

  /** Runs the program of a block, which a `begin` does only once by itself. */
  async run(block: number): Promise<void> {
    const { object } = this;
    const program = object.programs()[block]!;
    const flags = object.map('.bss');
    this.#flagBytes ??= new Uint8Array(flags.valueSize);
    flags.update(new Uint8Array(4), this.#flagBytes);
    await object.attach(program.name).iterate();
  }

  /** Entries by the text of their keys, as texts; numbers of an aggregation by their names. */
  async map(name: string): Promise<Map<string, string | ReadonlyMap<string, bigint>>> {
    const use = this.uses.find((each) => each.name === name)!;
    const map = this.object.map(name);
    const entries = await entriesOf(map, use, new Map());
    return new Map(
      entries.map((entry) => [
        entry.key.map(plain).join(', '),
        use.aggregation === undefined
          ? plain(readValue(use.value!, entry.bytes, new Map()))
          : aggregate(use, entry, map.cpus),
      ]),
    );
  }
}

function plain(value: Shown): string {
  switch (value.kind) {
    case 'text':
      return JSON.stringify(value.text);
    case 'tuple':
      return `(${value.elements.map(plain).join(', ')})`;
    default:
      return String(value.value);
  }
}

function aggregate({ aggregation }: ScriptMapUse, { bytes }: Entry, cpus: number): ReadonlyMap<string, bigint> {
  const stride = bytes.length / cpus;
  const perCpu = Array.from(
    { length: cpus },
    (_, cpu) => (word: number) => bytes.readBigInt64LE(cpu * stride + 8 * word),
  );
  const total = (word: number) =>
    BigInt.asIntN(
      64,
      perCpu.reduce((sum, wordOf) => sum + wordOf(word), 0n),
    );
  const found = new Map<string, bigint>();
  switch (aggregation?.kind) {
    case 'count':
    case 'sum':
      found.set('value', total(0));
      break;
    case 'min':
    case 'max': {
      const { isSigned, kind } = aggregation;
      for (const wordOf of perCpu) {
        if (wordOf(1) === 0n) continue;
        const value = isSigned ? wordOf(0) : BigInt.asUintN(64, wordOf(0));
        const best = found.get('value');
        if (best === undefined || (kind === 'min' ? value < best : value > best)) found.set('value', value);
      }
      break;
    }
    case 'avg':
    case 'stats':
      found.set('total', total(0)).set('count', total(1));
      break;
    default: {
      found.set('sum', total(0));
      for (let slot = 0; 8 * (slot + 1) < stride; slot++) {
        const count = total(slot + 1);
        if (count !== 0n) found.set(`slot ${firstOf(aggregation!, slot)}`, count);
      }
    }
  }
  return found;
}

/** The first number that a slot counts, by the definition of bpftrace's histograms. */
function firstOf(aggregation: NonNullable<ScriptMapUse['aggregation']>, slot: number): string {
  if (slot === 0) return 'below';
  if (aggregation.kind === 'lhist') {
    const start = aggregation.min + BigInt(slot - 1) * aggregation.step;
    return String(start > aggregation.max ? aggregation.max : start);
  }
  if (aggregation.kind !== 'hist') throw new Error(`no ${aggregation.kind} here`);
  const intervals = 2 ** aggregation.bits;
  const index = slot - 1;
  if (index < intervals) return String(index);
  const order = BigInt(Math.floor(index / intervals) - 1);
  return String(BigInt(intervals + (index % intervals)) << order);
}
