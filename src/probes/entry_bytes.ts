import type { FillPart, FillScalar } from '../config/fill_schema.js';
import { addressBytes, prefixBytes } from '../decode/address_bytes.js';
import { encodeValue, requirementOf } from '../decode/constant_value.js';
import type { Layout } from '../decode/layout.js';
import { describeLayout } from '../decode/layout_text.js';
import { type Origin, type Selected, select } from '../decode/path.js';
import { fault, type SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { type HostNumbers, type NameKind, nameKinds } from './entry_names.js';

/** What entries of a map are made from. */
export interface EntryContext {
  readonly map: string;
  readonly littleEndian: boolean;
  readonly numbers: HostNumbers;
  readonly location: Location | undefined;
}

/**
 * The bytes of a key or value.
 * @param isPrefix it is the key of an LPM trie, in which text is an address with the length of its prefix
 * @throws MAP_FILL_INVALID, MAP_FILL_UNKNOWN, and those of `select`
 */
export function entryBytes(origin: Origin, part: FillPart, isPrefix: boolean, context: EntryContext): Uint8Array {
  const whole = select(origin, undefined, context.location);
  if (isPrefix && typeof part === 'string') return prefixOf(whole, part, context);
  if (typeof part !== 'object') return scalarBytes(whole, part, context);
  const named = nameIn(part, whole.layout);
  if (named?.kind === 'address' && isPrefix) return prefixOf(whole, named.name, context);
  if (named !== undefined) return namedBytes(whole, named, context);
  const bytes = new Uint8Array(whole.layout.size);
  for (const [path, setting] of Object.entries(part)) {
    const field = select(origin, path, context.location);
    if (field.bits !== undefined) throw invalid(field, setting, 'left out: it is a bitfield', context);
    if (typeof setting !== 'object') {
      bytes.set(scalarBytes(field, setting, context), field.offset);
      continue;
    }
    const name = nameIn(setting, field.layout);
    if (name === undefined)
      throw invalid(field, setting, 'a number, text, or a name such as { user: www-data }', context);
    bytes.set(namedBytes(field, name, context), field.offset);
  }
  return bytes;
}

interface Named {
  readonly kind: NameKind;
  readonly name: string;
}

/** A mapping such as `{ cgroup: PATH }`, unless that is a field of the struct. */
function nameIn(part: Readonly<Record<string, unknown>>, layout: Layout): Named | undefined {
  const [[kind, name] = [], another] = Object.entries(part);
  const known = nameKinds.find((each) => each === kind);
  if (known === undefined || another !== undefined || typeof name === 'object') return undefined;
  const isField = layout.kind === 'struct' && layout.fields.some((field) => field.name === kind);
  return isField ? undefined : { kind: known, name: String(name) };
}

function scalarBytes(field: Selected, value: FillScalar, context: EntryContext): Uint8Array {
  const bytes = encodeValue(field.layout, value, context.littleEndian);
  if (bytes !== undefined) return bytes;
  const requirement =
    requirementOf(field.layout) ??
    (field.layout.kind === 'struct' ? `a mapping of fields (${field.layout.type})` : undefined);
  throw invalid(field, value, requirement ?? `left out: it is ${describeLayout(field.layout)}`, context);
}

function namedBytes(field: Selected, { kind, name }: Named, context: EntryContext): Uint8Array {
  if (kind === 'address') {
    const bytes = addressBytes(field.layout, name);
    if (bytes !== undefined) return bytes;
    throw invalid(field, name, `an IP address of ${field.layout.size} bytes`, context);
  }
  const number = context.numbers[kind](name);
  if (number === undefined) {
    throw fault('MAP_FILL_UNKNOWN', { map: context.map, kind, name }, { location: context.location });
  }
  return scalarBytes(field, number, context);
}

function prefixOf(field: Selected, text: string, context: EntryContext): Uint8Array {
  const bytes = prefixBytes(field.layout, text, context.littleEndian);
  if (bytes !== undefined) return bytes;
  const example = field.layout.size === 8 ? '10.0.0.0/8' : 'fd00::/8';
  throw invalid(field, text, `an IP address with the length of its prefix, such as ${example}`, context);
}

function invalid({ title }: Selected, value: unknown, requirement: string, { location }: EntryContext): SantaError {
  const received = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
  return fault('MAP_FILL_INVALID', { title, requirement, received }, { location });
}
