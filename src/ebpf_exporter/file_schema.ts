/** A configuration file of ebpf_exporter, as its version 2 reads it. */
import { z } from 'zod';
import { mapping } from '../config/mapping_schema.js';
import { labelName, mapName, metricName, symbolName } from '../config/names.js';
import { mustBe, mustListOne } from '../config/sentences.js';
import { integer, named } from '../config/value_schema.js';

const text = (what: string, maximum: number) => {
  const error = mustBe(what);
  return z.string({ error }).max(maximum, error);
};

/** YAML 1.1 of Go reads any scalar where it wants text. */
const scalarText = z
  .union([z.string(), z.number(), z.bigint(), z.boolean()], { error: mustBe('text') })
  .transform((value) => String(value));

const decoderNames = [
  'cgroup',
  'dname',
  'errno',
  'hex',
  'ifname',
  'inet_ip',
  'kstack',
  'ksym',
  'majorminor',
  'pci_class',
  'pci_device',
  'pci_subclass',
  'pci_vendor',
  'regexp',
  'static_map',
  'string',
  'syscall',
  'uint',
] as const;

const decoder = mapping(
  {
    name: z.enum(decoderNames, { error: mustBe('a decoder of ebpf_exporter') }),
    static_map: z.record(z.string(), scalarText, { error: mustBe('a mapping such as { 0: read }') }).optional(),
    regexps: z
      .array(text('a regular expression', 1000), { error: mustBe('a list of regular expressions') })
      .min(1, mustListOne('regular expression'))
      .optional(),
    allow_unknown: z.boolean({ error: mustBe('true or false') }).optional(),
  },
  'a mapping such as { name: uint }',
);

const label = mapping(
  {
    name: named(labelName, 'a label name (letters, digits and "_", no digit first)'),
    size: integer(1, 4096),
    padding: integer(0, 4096).default(0),
    decoders: z
      .array(decoder, { error: mustBe('a list of decoders') })
      .min(1, mustListOne('decoder'))
      .max(8, '{path} must list at most 8 decoders'),
  },
  'a mapping such as { name: device, size: 4, decoders: [{ name: uint }] }',
);

const labels = z.array(label, { error: mustBe('a list of labels') });
const name = named(metricName, 'a metric name (letters, digits and "_", no digit first)');
const helpError = mustBe('one sentence about what is measured');
const help = z.string({ error: helpError }).min(1, helpError).max(1000, helpError);
const anything = z.unknown();

const counter = mapping(
  {
    name,
    help,
    perf_event_array: z.boolean({ error: mustBe('true or false') }).optional(),
    flush_interval: anything.optional(),
    labels: labels.nullish().transform((value) => value ?? []),
  },
  'a mapping such as { name: calls_total, help: Calls. }',
);

const number = (what: string) => z.number({ error: mustBe(what) });

const histogram = mapping(
  {
    name,
    help,
    bucket_type: z.enum(['exp2', 'exp2zero', 'linear', 'fixed'], {
      error: mustBe('exp2, exp2zero, linear or fixed'),
    }),
    bucket_multiplier: number('a number above 0').min(0, mustBe('a number above 0')).optional(),
    bucket_min: integer(0, 4094).default(0),
    bucket_max: integer(0, 4094).default(0),
    bucket_keys: z
      .array(integer(0, Number.MAX_SAFE_INTEGER - 1), { error: mustBe('a list of whole numbers') })
      .max(4095, '{path} must list at most 4095 keys')
      .default([]),
    labels: labels.min(1, '{path} must end with the label of the bucket'),
  },
  'a mapping such as { name: latency_seconds, help: Latency., bucket_type: exp2, bucket_max: 26 }',
);

const listOf = <T extends z.ZodType>(item: T, what: string) =>
  z
    .array(item, { error: mustBe(what) })
    .nullish()
    .transform((value) => value ?? []);

export const foreignFile = mapping(
  {
    name: anything.optional(),
    metrics: mapping(
      {
        counters: listOf(counter, 'a list of counters'),
        histograms: listOf(histogram, 'a list of histograms'),
      },
      'a mapping with counters and histograms',
    ).nullish(),
    tracing: mapping({ spans: listOf(anything, 'a list of spans') }, 'a mapping with spans').nullish(),
    kaddrs: listOf(named(symbolName, 'the name of a kernel symbol'), 'a list of kernel symbols'),
    cgroup_id_map: mapping(
      {
        name: named(mapName, 'the name of a map'),
        type: z.enum(['hash', 'cgrp_storage'], { error: mustBe('hash or cgrp_storage') }).default('hash'),
        regexps: z
          .array(text('a regular expression', 1000), { error: mustBe('a list of regular expressions') })
          .min(1, mustListOne('regular expression')),
      },
      'a mapping such as { name: cgroup_id_map, regexps: ["^/.*"] }',
    ).nullish(),
  },
  'a mapping of settings (`name: value` lines)',
);

export type ForeignFile = z.output<typeof foreignFile>;
export type ForeignCounter = z.output<typeof counter>;
export type ForeignHistogram = z.output<typeof histogram>;
export type ForeignLabel = z.output<typeof label>;
export type ForeignDecoder = z.output<typeof decoder>;
