import { emptyTableToken, Profile as Message, type ProfileInput, StringTable } from 'pprof-format';
import type { Frame, Profile } from '../stacks/profile.js';
import { showHidden } from '../visible_text.js';
import { frameName } from './frame_name.js';
import type { MergedStack, StackSet } from './stack_set.js';
import { pause, type Work } from './work.js';

/** Samples, locations or functions that are encoded at once. */
const ITEMS = 256;

/**
 * A profile in the format of pprof, not compressed: CPU profiles have the sample types samples/count and cpu/nanoseconds, off-CPU
 * profiles offcpu/nanoseconds. Each label of a stack is a label of its sample. The generator throws the reason of the signal.
 *
 * Hidden characters in names are written as `\xNN`: pprof prints names to terminals.
 *
 * A message of protocol buffers may be cut between two fields, and repeated fields are joined: so the parts are messages too.
 */
export async function* pprofMessage(
  profile: Omit<Profile, 'stacks'>,
  set: StackSet,
  work: Work,
): AsyncGenerator<Buffer, void, undefined> {
  const strings = new Strings();
  const text = (value: string) => strings.numberOf(showHidden(value));
  const encode = (message: ProfileInput) =>
    Buffer.from(new Message({ ...message, stringTable: strings.takeNew() }).encode());
  const mappings = mappingNumbers(set);
  yield encode(header(profile, text));
  const parts = [
    batches(set.stacks, (stacks) => ({ sample: stacks.map((stack) => sampleOf(stack, profile, text)) })),
    batches(set.table.frames, (frames, first) => codeOf(frames, first, mappings, text)),
    batches([...mappings], (modules) => modulesOf(modules, text)),
  ];
  for (const part of parts) {
    for (const message of part) {
      yield encode(message);
      if (work.pacer.isDue) await pause(work);
    }
  }
}

type Text = (value: string) => number;

function header({ kind, from, to, periodNs, lost, missingMs }: Omit<Profile, 'stacks'>, text: Text): ProfileInput {
  const nanoseconds = text('nanoseconds');
  const time = { type: text(kind === 'cpu' ? 'cpu' : 'offcpu'), unit: nanoseconds };
  const count = { type: text('samples'), unit: text('count') };
  const comments = [
    lost > 0 ? `${lost} samples were lost` : '',
    missingMs > 0 ? `There is no record of ${Math.round(missingMs / 1000)} s of this time` : '',
  ];
  return {
    sampleType: kind === 'cpu' ? [count, time] : [time],
    periodType: time,
    period: Math.round(periodNs),
    timeNanos: BigInt(Math.round(from)) * 1_000_000n,
    durationNanos: BigInt(Math.round(to - from)) * 1_000_000n,
    comment: comments.filter((comment) => comment !== '').map(text),
  };
}

function sampleOf({ labels, frames, value }: MergedStack, { kind, periodNs }: Omit<Profile, 'stacks'>, text: Text) {
  const nanoseconds = Math.round(value * periodNs);
  const locationId: number[] = [];
  for (let index = frames.length - 1; index >= 0; index--) locationId.push(frames[index]! + 1);
  return {
    locationId,
    value: kind === 'cpu' ? [value, nanoseconds] : [nanoseconds],
    label: Object.entries(labels).map(([key, label]) => ({ key: text(key), str: text(label) })),
  };
}

/** A location and a function for each frame, with the same number. A known function has no address: it stands for all of them. */
function codeOf(
  frames: readonly Frame[],
  first: number,
  mappings: ReadonlyMap<string, number>,
  text: Text,
): ProfileInput {
  return {
    location: frames.map((frame, index) => ({
      id: first + index + 1,
      mappingId: mappings.get(frame.module) ?? 0,
      address: frame.function === '' ? BigInt(Math.round(frame.offset)) : 0,
      line: [{ functionId: first + index + 1 }],
    })),
    function: frames.map((frame, index) => {
      const name = text(frameName(frame));
      return { id: first + index + 1, name, systemName: name, filename: text(frame.module) };
    }),
  };
}

function modulesOf(modules: readonly (readonly [string, number])[], text: Text): ProfileInput {
  return { mapping: modules.map(([module, id]) => ({ id, filename: text(module), hasFunctions: true })) };
}

/** A number from 1 for each module of the set. */
function mappingNumbers({ table }: StackSet): ReadonlyMap<string, number> {
  const names = new Set(table.frames.map(({ module }) => module).filter((module) => module !== ''));
  return new Map([...names].map((module, index) => [module, index + 1]));
}

function* batches<T>(
  items: readonly T[],
  message: (batch: readonly T[], first: number) => ProfileInput,
): Generator<ProfileInput> {
  for (let first = 0; first < items.length; first += ITEMS) yield message(items.slice(first, first + ITEMS), first);
}

/** Numbers strings in the order of their first use. The first one is empty. */
class Strings {
  readonly #numbers = new Map([['', 0]]);
  #fresh = new StringTable();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    this.#fresh.dedup(text);
    return number;
  }

  /** The strings since the last call. Each message carries those that it has first. */
  takeNew(): StringTable {
    const fresh = this.#fresh;
    this.#fresh = new StringTable(emptyTableToken);
    return fresh;
  }
}
