import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import { textDecoders } from '../../src/decode/decoder_table.js';
import { translateDecoders } from '../../src/ebpf_exporter/decoders.js';
import type { ForeignDecoder } from '../../src/ebpf_exporter/file_schema.js';

type Written = ForeignDecoder['name'] | ForeignDecoder;

function translated(size: number, ...decoders: Written[]) {
  return translateDecoders(
    size,
    decoders.map((decoder) => (typeof decoder === 'string' ? { name: decoder } : decoder)),
    '/sys/fs/cgroup',
  );
}

/** What the decoders after the first make of its text. */
function textOf(text: string, size: number, ...decoders: Written[]): string | undefined {
  const result = translated(size, ...decoders);
  if ('problem' in result) throw new Error(result.problem);
  return result.decode.slice(1).reduce<string | undefined>((value, spec) => {
    const step = spec as Extract<DecoderSpec, { kind: 'map' | 'regex' }>;
    const decode = step.kind === 'map' ? textDecoders.map(step) : textDecoders.regex(step);
    return value === undefined ? undefined : decode(value);
  }, text);
}

describe('the decoders of ebpf_exporter', () => {
  it.each<[string, number, Written[], string, string]>([
    ['a cgroup', 8, ['uint', 'cgroup'], '/system.slice/cron.service', '/sys/fs/cgroup/system.slice/cron.service'],
    ['the root cgroup', 4, ['uint', 'cgroup'], '/', '/sys/fs/cgroup'],
    ['an unknown cgroup', 8, ['uint', 'cgroup'], '77', 'unknown_cgroup_id:77'],
    ['no cgroup', 8, ['uint', 'cgroup'], '', 'unknown_cgroup_id:0'],
    ['an errno', 4, ['uint', 'errno'], 'ENOENT', 'ENOENT'],
    ['an unknown errno', 4, ['uint', 'errno'], '4000', 'unknown:4000'],
    ['an unknown system call', 8, ['uint', 'syscall'], 'syscall_999', 'unknown_syscall:999'],
    ['an unknown PCI class', 2, ['uint', 'pci_class'], '0xff', 'unknown pci class: 0xff'],
    ['an unknown interface', 4, ['ifname'], '9', 'unknown:9'],
    ['an unknown device', 4, ['majorminor'], '8:1', 'unknown:8:1'],
    ['an unknown address', 8, ['ksym'], '0xffff', 'unknown_addr:0xffff'],
    ['a text', 16, ['string'], 'nginx', 'nginx'],
  ])('%s is shown as there', (_, size, decoders, ours, theirs) => {
    expect(textOf(ours, size, ...decoders)).toBe(theirs);
  });

  it('show values without an entry of a map as unknown, or as they are', () => {
    const map: ForeignDecoder = { name: 'static_map', static_map: { 1: 'read' } };
    expect(textOf('1', 1, 'uint', map)).toBe('read');
    expect(textOf('2', 1, 'uint', map)).toBe('unknown:2');
    expect(textOf('2', 1, 'uint', { ...map, allow_unknown: true })).toBe('2');
  });

  it('drop rows that no regular expression matches', () => {
    const regexp: ForeignDecoder = { name: 'regexp', regexps: ['^(?P<name>sys)temd', '^ng.*$', '^(a)(b)'] };
    expect(textOf('systemd-udevd', 16, 'string', regexp)).toBe('sys');
    expect(textOf('nginx', 16, 'string', regexp)).toBe('nginx');
    expect(textOf('ab', 16, 'string', regexp)).toBeUndefined();
  });

  it('separate the frames of a stack by line breaks, and read names of DNS with or without `string`', () => {
    expect(translated(64, 'kstack')).toMatchObject({ decode: [{ kind: 'kstack', separator: '\n' }] });
    expect(translated(128, 'string', 'dname')).toEqual(translated(128, 'dname'));
  });

  it.each<[string, number, Written[], { step: number; problem: string }]>([
    ['nothing before it', 4, ['errno'], { step: 0, problem: 'reads the text of another decoder' }],
    ['its size', 3, ['uint'], { step: 0, problem: 'takes 1 or 2 or 4 or 8 bytes, not 3' }],
    ['a part of a frame', 20, ['kstack'], { step: 0, problem: 'takes a multiple of 8 bytes, not 20' }],
    ['a short id', 2, ['uint', 'cgroup'], { step: 1, problem: 'takes 4 or 8 bytes, not 2' }],
    ['bytes after text', 16, ['string', 'hex'], { step: 1, problem: 'cannot follow "string"' }],
    ['no mapping', 4, ['uint', 'static_map'], { step: 1, problem: 'has no `static_map`' }],
    ['no expressions', 16, ['string', 'regexp'], { step: 1, problem: 'has no `regexps`' }],
    [
      'look-ahead',
      16,
      ['string', { name: 'regexp', regexps: ['^a(?=b)'] }],
      { step: 1, problem: 'needs backtracking' },
    ],
  ])('are refused for %s', (_, size, decoders, { step, problem }) => {
    expect(translated(size, ...decoders)).toMatchObject({ step, problem: expect.stringContaining(problem) });
  });
});
