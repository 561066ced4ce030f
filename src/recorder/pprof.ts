import {
  Label,
  Line,
  Location,
  Mapping,
  Function as NamedFunction,
  Profile as Pprof,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { Frame, Profile, ProfileKind, ProfileStack } from '../stacks/profile.js';
import { frameKey } from './frame_key.js';

/** Kernel addresses have the top bit. It marks kernel frames, whose addresses are offsets otherwise. */
const kernelBit = 1n << 63n;

/** Text of a comment: what pprof has no field for. */
const facts = /^santabpf (cpu|offcpu) lost=(\d+) missing_ms=(\d+)$/;

/** What `go tool pprof` shows for a frame without a name. */
function placeOf({ module, offset }: Frame): string {
  const file = module.slice(module.lastIndexOf('/') + 1);
  return `${file === '' ? '[unknown]' : file}+0x${offset.toString(16)}`;
}

/** The profile in pprof's format, not compressed. */
export function encodePprof({ kind, from, to, periodNs, stacks, lost, missingMs }: Profile): Uint8Array {
  const strings = new StringTable();
  const text = (value: string) => strings.dedup(value);
  const mappings = new Map<string, Mapping>();
  const functions = new Map<string, NamedFunction>();
  const locations = new Map<string, Location>();

  const mappingOf = ({ module, isKernel }: Frame): Mapping => {
    const key = `${isKernel} ${module}`;
    const known = mappings.get(key);
    if (known) return known;
    const id = mappings.size + 1;
    const memoryStart = isKernel ? kernelBit : 0;
    const mapping = new Mapping({ id, filename: text(module), memoryStart, hasFunctions: true });
    mappings.set(key, mapping);
    return mapping;
  };
  const functionOf = (frame: Frame): NamedFunction => {
    const name = frame.function === '' ? placeOf(frame) : frame.function;
    const key = `${frame.function === ''} ${frame.module} ${name}`;
    const known = functions.get(key);
    if (known) return known;
    const id = functions.size + 1;
    // Only a frame with a name has a system name.
    const made = new NamedFunction({
      id,
      name: text(name),
      systemName: text(frame.function),
      filename: text(frame.module),
    });
    functions.set(key, made);
    return made;
  };
  const locationOf = (frame: Frame): Location => {
    const key = frameKey(frame);
    const known = locations.get(key);
    if (known) return known;
    const location = new Location({
      id: locations.size + 1,
      mappingId: mappingOf(frame).id,
      address: (frame.isKernel ? kernelBit : 0n) + BigInt(frame.offset),
      line: [new Line({ functionId: functionOf(frame).id })],
    });
    locations.set(key, location);
    return location;
  };

  const type = (name: string, unit: string) => new ValueType({ type: text(name), unit: text(unit) });
  const sample = stacks.map(({ labels, frames, value }) => {
    return new Sample({
      locationId: frames.map((frame) => locationOf(frame).id),
      value: kind === 'cpu' ? [value, Math.round(value * periodNs)] : [Math.round(value)],
      label: Object.entries(labels).map(([key, str]) => new Label({ key: text(key), str: text(str) })),
    });
  });
  const time = type(kind === 'cpu' ? 'cpu' : 'off_cpu', 'nanoseconds');
  return new Pprof({
    sampleType: kind === 'cpu' ? [type('samples', 'count'), time] : [time],
    sample,
    mapping: [...mappings.values()],
    location: [...locations.values()],
    function: [...functions.values()],
    timeNanos: BigInt(Math.round(from)) * 1_000_000n,
    durationNanos: BigInt(Math.round(to - from)) * 1_000_000n,
    periodType: time,
    period: Math.round(periodNs),
    comment: [text(`santabpf ${kind} lost=${Math.round(lost)} missing_ms=${Math.round(missingMs)}`)],
    stringTable: strings,
  }).encode();
}

/**
 * Reads what `encodePprof` wrote.
 * @throws Error if it is something else
 */
export function decodePprof(bytes: Uint8Array): Profile {
  const pprof = Pprof.decode(bytes);
  const { strings } = pprof.stringTable;
  const text = (index: number | bigint) => strings[Number(index)] ?? '';
  const [, kind, lost, missingMs] = facts.exec(text(pprof.comment[0] ?? 0)) ?? [];
  if (kind === undefined) throw new Error('it is no profile that SantaBPF wrote');
  const frames = framesOf(pprof, text);
  const from = Number(BigInt(pprof.timeNanos) / 1_000_000n);
  const stacks = pprof.sample.map(({ locationId, value, label }): ProfileStack => {
    return {
      labels: Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])),
      frames: locationId.map((id) => {
        const frame = frames.get(Number(id));
        if (frame === undefined) throw new Error('a sample has no such location');
        return frame;
      }),
      value: Number(value[0]),
    };
  });
  return {
    kind: kind as ProfileKind,
    from,
    to: from + Number(BigInt(pprof.durationNanos) / 1_000_000n),
    periodNs: kind === 'cpu' ? 1e9 / Math.round(1e9 / Number(pprof.period)) : 1,
    stacks,
    lost: Number(lost),
    missingMs: Number(missingMs),
  };
}

function framesOf(pprof: Pprof, text: (index: number | bigint) => string): Map<number, Frame> {
  const mappings = new Map(pprof.mapping.map((mapping) => [Number(mapping.id), mapping]));
  const functions = new Map(pprof.function.map((one) => [Number(one.id), one]));
  return new Map(
    pprof.location.map(({ id, mappingId, address, line }) => {
      const mapping = mappings.get(Number(mappingId));
      const start = BigInt(mapping?.memoryStart ?? 0);
      return [
        Number(id),
        {
          function: text(functions.get(Number(line[0]?.functionId))?.systemName ?? 0),
          module: text(mapping?.filename ?? 0),
          offset: Number(BigInt(address) - start),
          isKernel: start !== 0n,
        },
      ];
    }),
  );
}
