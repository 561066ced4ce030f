import type { DecoderKind, DecoderSpec } from '../../config/probe_schema.js';
import { bool } from './bool.js';
import type { Decoder } from './decoder.js';
import { device } from './device.js';
import { enumeration } from './enum.js';
import { errno } from './errno.js';
import { group } from './group.js';
import { hex } from './hex.js';
import { ifname } from './ifname.js';
import { inet } from './inet.js';
import { int } from './int.js';
import { kernelEnum } from './kernel_enum.js';
import { ksym } from './ksym.js';
import { port } from './port.js';
import { signal } from './signal.js';
import { string } from './string.js';
import { syscall } from './syscall.js';
import { uint } from './uint.js';
import { user } from './user.js';

export type PlainKind = Exclude<DecoderKind, 'kernel_enum' | 'map' | 'regex'>;

/** A step that takes a raw field and therefore comes first. */
export type FieldSpec = Extract<DecoderSpec, { kind: PlainKind | 'kernel_enum' }>;

/** Decoders that take a raw field and have no settings, by their names in the probe file. */
export const fieldDecoders: Readonly<Record<PlainKind, Decoder>> = {
  uint,
  int,
  hex,
  bool,
  string,
  enum: enumeration,
  syscall,
  errno,
  signal,
  user,
  group,
  device,
  inet,
  port,
  ifname,
  ksym,
};

/** The decoder of a step that takes a raw field. */
export function fieldDecoder(spec: FieldSpec): Decoder {
  return spec.kind === 'kernel_enum' ? kernelEnum(spec) : fieldDecoders[spec.kind];
}
