import type { DecoderSpec } from '../config/probe_schema.js';
import type { ForeignDecoder } from './file_schema.js';
import { regexProblem, translateRegex } from './regexes.js';

/** What the decoders of a label become. */
export interface Translated {
  readonly as: 'integer' | 'bytes';
  /** The first bytes of the label that are read; undefined: all. */
  readonly size?: number;
  readonly decode: readonly DecoderSpec[];
}

/** Why decoders cannot be translated. `step` is the index of one. */
export interface Untranslatable {
  readonly step: number;
  readonly problem: string;
  readonly remedy: string;
}

const replaced = (pattern: string, replace: string): DecoderSpec => ({
  kind: 'regex',
  action: 'capture',
  pattern,
  replace,
});

interface First {
  /** Sizes of the label that the decoder takes; undefined: any. */
  readonly sizes?: readonly number[];
  /** Every size that is a multiple of this, too. */
  readonly multiple?: number;
  readonly as: 'integer' | 'bytes';
  readonly size?: number;
  readonly decode: readonly DecoderSpec[];
}

const integers = [1, 2, 4, 8];
/** It reads the first four bytes, whatever the size. */
const ofIndex = { sizes: [4, 8], as: 'integer', size: 4 } as const;

/** Decoders that read the bytes of the label. */
const firsts: Partial<Record<ForeignDecoder['name'], First>> = {
  uint: { sizes: integers, as: 'integer', decode: [{ kind: 'uint' }] },
  string: { as: 'bytes', decode: [{ kind: 'string' }] },
  hex: { as: 'bytes', decode: [{ kind: 'hex' }] },
  dname: { as: 'bytes', decode: [{ kind: 'dname' }] },
  kstack: { multiple: 8, as: 'bytes', decode: [{ kind: 'kstack', separator: '\n' }] },
  inet_ip: { sizes: [4, 16], as: 'bytes', decode: [{ kind: 'inet' }] },
  ksym: {
    sizes: [8],
    as: 'integer',
    decode: [{ kind: 'ksym' }, replaced('^(0x[0-9a-f]+)$', 'unknown_addr:$1')],
  },
  ifname: { ...ofIndex, decode: [{ kind: 'ifname' }, replaced('^([0-9]+)$', 'unknown:$1')] },
  majorminor: { ...ofIndex, decode: [{ kind: 'stat_device' }, replaced('^([0-9]+:[0-9]+)$', 'unknown:$1')] },
};

type Known = Partial<Record<ForeignDecoder['name'], readonly DecoderSpec[]>>;

/** Decoders that read the digits of `uint`: here they read the number itself. @param cgroupFolder in front of a path */
const afterUint = (cgroupFolder: string): Known => ({
  cgroup: [
    { kind: 'cgroup' },
    replaced('^$', 'unknown_cgroup_id:0'),
    replaced('^([0-9]+)$', 'unknown_cgroup_id:$1'),
    replaced('^(/.+)$', `${cgroupFolder.replaceAll('$', '$$$$')}$1`),
    replaced('^/$', cgroupFolder.replaceAll('$', '$$$$')),
  ],
  errno: [{ kind: 'errno' }, replaced('^(-?[0-9]+)$', 'unknown:$1')],
  syscall: [{ kind: 'syscall' }, replaced('^syscall_([0-9]+)$', 'unknown_syscall:$1')],
  pci_vendor: [{ kind: 'pci_vendor' }, replaced('^(0x[0-9a-f]+)$', 'unknown pci vendor: $1')],
  pci_device: [{ kind: 'pci_device' }, replaced('^(0x[0-9a-f]+)$', 'unknown pci device: $1')],
  pci_class: [{ kind: 'pci_class' }, replaced('^(0x[0-9a-f]+)$', 'unknown pci class: $1')],
  pci_subclass: [{ kind: 'pci_subclass' }, replaced('^(0x[0-9a-f]+)$', 'unknown pci subclass: $1')],
});

/** What two decoders become together. `string` before `dname` cuts off what follows the name, which `dname` does itself. */
const pairOf = (first: string, second: ForeignDecoder['name'], cgroupFolder: string): Known[keyof Known] => {
  if (first === 'uint') return afterUint(cgroupFolder)[second];
  return first === 'string' && second === 'dname' ? [{ kind: 'dname' }] : undefined;
};

/**
 * Translates the decoders of a label of `size` bytes.
 * @param cgroupFolder where cgroups are mounted: the paths of ebpf_exporter begin with it
 */
export function translateDecoders(
  size: number,
  decoders: readonly ForeignDecoder[],
  cgroupFolder: string,
): Translated | Untranslatable {
  const [{ name }] = decoders as [ForeignDecoder];
  const first = firsts[name];
  if (first === undefined) {
    const remedy = `Put a decoder that reads bytes before it: ${Object.keys(firsts).join(', ')}.`;
    return { step: 0, problem: `Decoder "${name}" reads the text of another decoder and cannot be the first`, remedy };
  }
  if (first.sizes !== undefined && !first.sizes.includes(size)) {
    const sizes = first.sizes.join(' or ');
    return { step: 0, problem: `Decoder "${name}" takes ${sizes} bytes, not ${size}`, remedy: 'Correct `size`.' };
  }
  if (first.multiple !== undefined && size % first.multiple !== 0) {
    const problem = `Decoder "${name}" takes a multiple of ${first.multiple} bytes, not ${size}`;
    return { step: 0, problem, remedy: 'Correct `size`.' };
  }
  const second = decoders[1]?.name;
  const merged = second && pairOf(name, second, cgroupFolder);
  if (second === 'cgroup' && size < 4) {
    return { step: 1, problem: `Decoder "cgroup" takes 4 or 8 bytes, not ${size}`, remedy: 'Correct `size`.' };
  }
  const decode = [...(merged ?? first.decode)];
  for (const [index, decoder] of decoders.entries()) {
    if (index === 0 || (index === 1 && merged !== undefined)) continue;
    const step = textStep(decoder, index, decoders[index - 1]!.name);
    if ('problem' in step) return step;
    decode.push(step);
  }
  return { as: first.as, ...(first.size !== undefined && { size: first.size }), decode };
}

function textStep(decoder: ForeignDecoder, step: number, before: string): DecoderSpec | Untranslatable {
  const { name, static_map: values, regexps, allow_unknown: allowsUnknown } = decoder;
  if (name === 'static_map') {
    if (values === undefined) {
      return { step, problem: 'Decoder "static_map" has no `static_map`', remedy: 'Add the mapping.' };
    }
    return { kind: 'map', values, ...(!allowsUnknown && { default: 'unknown:{}' }) };
  }
  if (name === 'regexp') {
    if (regexps === undefined) {
      return { step, problem: 'Decoder "regexp" has no `regexps`', remedy: 'Add the list of regular expressions.' };
    }
    const problem = regexps.map(regexProblem).find((one) => one !== undefined);
    if (problem !== undefined) return { step, ...problem };
    return { kind: 'regex', action: 'first', patterns: regexps.map(translateRegex) };
  }
  const remedy = name in afterUint('') ? 'Put it directly after `uint`.' : 'Put it first.';
  return { step, problem: `Decoder "${name}" cannot follow "${before}"`, remedy };
}
