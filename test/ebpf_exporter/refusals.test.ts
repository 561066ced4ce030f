import { describe, expect, it } from 'vitest';
import { counterWith, faultsOf, readFile, readFiles } from './foreign_files.js';

const histogram = (settings: string, labels = '[{ name: bucket, size: 8, decoders: [{ name: uint }] }]') =>
  `metrics:\n  histograms:\n    - { name: wait, help: Waits., ${settings},\n        labels: ${labels} }`;

describe('a faulty file of ebpf_exporter', () => {
  it.each([
    ['no metrics', 'kaddrs: []', ['1:1 Configuration "it" has no metrics']],
    ['an unknown decoder', counterWith('- { name: a, size: 4, decoders: [{ name: unit }] }'), ['6:']],
    [
      'a label twice',
      counterWith(
        '- { name: a, size: 4, decoders: [{ name: uint }] }\n- { name: a, size: 4, decoders: [{ name: hex }] }',
      ),
      ['7:19 Label "a" is already there'],
    ],
    ['a wrong size', counterWith('- { name: a, size: 3, decoders: [{ name: uint }] }'), ['6:42 Decoder "uint" takes']],
    ['a missing size', counterWith('- { name: a, decoders: [{ name: uint }] }'), ['6:11 Missing key "size" in ']],
    ['no help', 'metrics: { counters: [{ name: a_total }] }', ['1:23 Missing key "help" in ']],
    [
      'a backward range',
      histogram('bucket_type: exp2, bucket_min: 5, bucket_max: 5'),
      ['3:7 Histogram "wait": `bucket_max` must be above'],
    ],
    ['no keys', histogram('bucket_type: fixed'), ['3:7 Histogram "wait": `bucket_keys` must list']],
    [
      'keys in disorder',
      histogram('bucket_type: fixed, bucket_keys: [5, 1]'),
      ['3:7 Histogram "wait": `bucket_keys` must ascend'],
    ],
    ['an unknown type', histogram('bucket_type: log'), ['3:']],
    [
      'a bucket that is text',
      histogram('bucket_type: exp2, bucket_max: 5', '[{ name: bucket, size: 8, decoders: [{ name: string }] }]'),
      ['4:18 Label "bucket" is not a number'],
    ],
    [
      'a reserved name',
      'metrics: { counters: [{ name: enabled_configs, help: Mine. }] }',
      ['1:31 Metric name "ebpf_exporter_enabled_configs" is reserved'],
    ],
    [
      'a pattern of cgroups',
      'metrics: { counters: [{ name: a_total, help: A. }] }\ncgroup_id_map: { name: m, regexps: ["("] }',
      ['2:37 Regular expression "(" cannot be used'],
    ],
  ])('is refused at its place: %s', (_, text, expected) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(expected.length);
    for (const [index, one] of expected.entries()) expect(faults[index]).toContain(one);
  });

  it('names symbols of the kernel that are missing or hidden', () => {
    const text = 'metrics: { counters: [{ name: a_total, help: A. }] }\nkaddrs:\n  - jiffies\n  - nothing';
    expect(faultsOf(text, { symbols: '0000000000000000 D jiffies\n' })).toEqual([
      expect.stringMatching(/^3:5 .* has no address of kernel symbol "jiffies"$/),
      expect.stringMatching(/^4:5 .* has no address of kernel symbol "nothing"$/),
    ]);
    expect(faultsOf(text)).toHaveLength(2);
  });

  it('conflicts with another that has the same metric', () => {
    const text = 'metrics: { counters: [{ name: a_total, help: A. }] }';
    expect(() => readFiles({ one: text, two: text })).toThrow(/Metric "a_total" conflicts with "a_total"/);
  });

  it('runs with settings that ebpf_exporter ignores, and warns of them', () => {
    const { probes, warnings } = readFile(
      'metrics: { counters: [{ name: a_total, help: A., lables: [] }] }\nprogram: x',
    );
    expect(probes).toHaveLength(1);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'CONFIG_UNKNOWN_KEY', remedy: 'Did you mean "labels"?' }),
      expect.objectContaining({ code: 'CONFIG_UNKNOWN_KEY', message: 'Unknown key "program" at the top level' }),
    ]);
  });
});
