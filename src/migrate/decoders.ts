/** Decoders of ebpf_exporter in the words of a probe file. */
import type { Layout } from '../decode/layout.js';
import type { ForeignDecoder, ForeignLabel } from '../ebpf_exporter/file_schema.js';
import { translateRegex } from '../ebpf_exporter/regexes.js';
import type { Value } from './yaml_text.js';

/** A list of drop reasons or operations that is longer was copied from an enum of the kernel. */
const longList = 24;

const sameName = new Set(['hex', 'dname', 'kstack', 'ksym', 'ifname', 'string', 'uint']);
const otherNames: Readonly<Partial<Record<ForeignDecoder['name'], string>>> = {
  inet_ip: 'inet',
  majorminor: 'stat_device',
};
/** Of these, the digits that `uint` gives are the input in ebpf_exporter, and the number itself here. */
const ofNumbers = new Set(['cgroup', 'errno', 'syscall', 'pci_vendor', 'pci_device', 'pci_class', 'pci_subclass']);

export interface MigratedDecoders {
  /** Undefined: the default of the field's type. */
  readonly decode: Value | undefined;
  /** How the texts differ: clauses. */
  readonly notes: readonly string[];
}

/** @param label its decoders are valid: `translateDecoders` takes them */
export function migrateDecoders(
  { name: label, decoders }: Pick<ForeignLabel, 'name' | 'decoders'>,
  field: Layout | undefined,
): MigratedDecoders {
  const names = decoders.map(({ name }) => name);
  const steps: Value[] = [];
  const notes: string[] = [];
  for (const [index, decoder] of decoders.entries()) {
    const { name } = decoder;
    const next = names[index + 1];
    if (index === 0 && name === 'uint' && next !== undefined && ofNumbers.has(next)) continue;
    if (index === 0 && name === 'string' && next === 'dname') continue;
    if (name === 'static_map') {
      const values = decoder.static_map ?? {};
      steps.push({ map: values });
      if (!decoder.allow_unknown) notes.push('what a `map` does not list is shown as it is, without "unknown:"');
      if (Object.keys(values).length > longList)
        notes.push(
          `if the long list of label "${label}" is an enum of the kernel, { kernel_enum: { name: ENUM } } replaces it`,
        );
    } else if (name === 'regexp') {
      steps.push({ regex: { first: (decoder.regexps ?? []).map(translateRegex) } });
    } else {
      steps.push(sameName.has(name) ? name : (otherNames[name] ?? name));
    }
    const note = textNotes[name];
    if (note !== undefined) notes.push(note);
  }
  if (field?.kind === 'integer' && field.network)
    notes.push(`label "${label}" is in network byte order (${field.type}), and is read so`);
  return { decode: shortened(steps, field), notes };
}

const textNotes: Readonly<Partial<Record<ForeignDecoder['name'], string>>> = {
  cgroup: 'paths of cgroups have no /sys/fs/cgroup in front; an unknown cgroup is a number',
  kstack: 'functions of stacks are separated by ";", not by line breaks',
  ksym: 'an unknown address is shown without "unknown_addr:"',
  ifname: 'an unknown interface is a number, without "unknown:"',
  majorminor: 'an unknown device is shown without "unknown:"',
  errno: 'an unknown number is shown without "unknown:"',
  syscall: 'an unknown system call is syscall_NUMBER',
  pci_vendor: 'an unknown vendor is a number',
  pci_device: 'an unknown device is a number',
  pci_class: 'an unknown class is a number',
  pci_subclass: 'an unknown class is a number',
};

/** Leaves out the first step if it is the default of the field's type. */
function shortened(steps: readonly Value[], field: Layout | undefined): Value | undefined {
  const [first, ...others] = steps;
  const isDefault = first === defaultOf(field);
  if (isDefault && others.length === 0) return undefined;
  const kept = isDefault && first === 'uint' ? others : steps;
  return kept.length === 1 ? kept[0] : kept;
}

function defaultOf(field: Layout | undefined): string | undefined {
  if (field?.kind === 'integer' && field.encoding === 'number' && !field.signed) return 'uint';
  if (field?.kind === 'array' && field.element.kind === 'integer' && field.element.encoding === 'char') return 'string';
  return undefined;
}
