import type { DecoderKind, DecoderSpec } from '../config/probe_schema.js';
import type { Decoder, TextDecoder } from './decoder.js';
import { addressFamily } from './decoders/address_family.js';
import { bool } from './decoders/bool.js';
import { cgroup } from './decoders/cgroup.js';
import { container } from './decoders/container.js';
import { containerId } from './decoders/container_id.js';
import { device } from './decoders/device.js';
import { dname } from './decoders/dname.js';
import { enumeration } from './decoders/enum.js';
import { errno } from './decoders/errno.js';
import { group } from './decoders/group.js';
import { hex } from './decoders/hex.js';
import { ifname } from './decoders/ifname.js';
import { image } from './decoders/image.js';
import { inet } from './decoders/inet.js';
import { int } from './decoders/int.js';
import { kernelEnum } from './decoders/kernel_enum.js';
import { kstack } from './decoders/kstack.js';
import { ksym } from './decoders/ksym.js';
import { ksymOffset } from './decoders/ksym_offset.js';
import { mac } from './decoders/mac.js';
import { mapText } from './decoders/map.js';
import { namespace } from './decoders/namespace.js';
import { pciClass } from './decoders/pci_class.js';
import { pciDevice } from './decoders/pci_device.js';
import { pciSubclass } from './decoders/pci_subclass.js';
import { pciVendor } from './decoders/pci_vendor.js';
import { pod } from './decoders/pod.js';
import { port } from './decoders/port.js';
import { prefix } from './decoders/prefix.js';
import { processCommand } from './decoders/process.js';
import { protocol } from './decoders/protocol.js';
import { regexText } from './decoders/regex.js';
import { signal } from './decoders/signal.js';
import { slice } from './decoders/slice.js';
import { statDevice } from './decoders/stat_device.js';
import { string } from './decoders/string.js';
import { syscall } from './decoders/syscall.js';
import { tcpState } from './decoders/tcp_state.js';
import { uint } from './decoders/uint.js';
import { unit } from './decoders/unit.js';
import { user } from './decoders/user.js';
import { ustack } from './decoders/ustack.js';
import { usym } from './decoders/usym.js';
import { uuid } from './decoders/uuid.js';

type SpecOf<K extends DecoderKind> = Extract<DecoderSpec, { kind: K }>;

/** A decoder that takes text; every other one reads the raw field and comes first. */
export type TextSpec = SpecOf<'map' | 'regex'>;
export type FieldSpec = Exclude<DecoderSpec, TextSpec>;

/** Decoders of raw fields by their names in the probe file. */
export const fieldDecoders: Readonly<Record<FieldSpec['kind'], Decoder<FieldSpec>>> = {
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
  process: processCommand,
  device,
  stat_device: statDevice,
  pci_vendor: pciVendor,
  pci_device: pciDevice,
  pci_class: pciClass,
  pci_subclass: pciSubclass,
  uuid,
  inet,
  port,
  ifname,
  prefix,
  mac,
  protocol,
  address_family: addressFamily,
  tcp_state: tcpState,
  dname,
  ksym,
  ksym_offset: ksymOffset,
  kstack,
  ustack,
  usym,
  kernel_enum: kernelEnum,
  cgroup,
  unit,
  slice,
  container,
  container_id: containerId,
  namespace,
  pod,
  image,
};

/** Decoders of text by their names in the probe file. */
export const textDecoders: { readonly [K in TextSpec['kind']]: (spec: SpecOf<K>) => TextDecoder } = {
  map: mapText,
  regex: regexText,
};
