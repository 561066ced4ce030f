import type { DecoderKind } from '../../config/probe_schema.js';
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
import { ksym } from './ksym.js';
import { port } from './port.js';
import { signal } from './signal.js';
import { string } from './string.js';
import { syscall } from './syscall.js';
import { uint } from './uint.js';
import { user } from './user.js';

/** Decoders that take a raw field, by their names in the probe file. */
export const fieldDecoders: Readonly<Record<Exclude<DecoderKind, 'map' | 'regex'>, Decoder>> = {
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
