/** The shape of the main file: which probes run, and the settings they share. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { metricPrefix } from './names.js';
import { constants, maps, probeNameText, seriesLimit } from './probe_schema.js';

const probesError = 'a list of probes';
const probeError = 'the name of a probe, or a mapping such as { probe: runqlat, limit: 500 },';

const probeEntry = z.union(
  [
    probeNameText,
    mapping(
      {
        probe: probeNameText,
        constants: constants.optional(),
        maps: maps.optional(),
        limit: seriesLimit.optional(),
      },
      probeError,
    ),
  ],
  { error: probeError },
);

const prefixError = 'the beginning of a metric name, such as santabpf_, or "" for none,';
const folder = z.string({ error: 'a folder' }).min(1, 'a folder');

export const mainFile = mapping(
  {
    probes: z.array(probeEntry, { error: probesError }).min(1, 'at least one probe'),
    probe_path: z
      .array(folder, { error: 'a list of folders with probe files' })
      .min(1, 'at least one folder')
      .default(['probes']),
    metric_prefix: z.string({ error: prefixError }).regex(metricPrefix, prefixError).default('santabpf_'),
    series_limit: seriesLimit.default(10_000),
  },
  'the settings of the exporter, as `name: value` lines,',
);

export type MainFile = z.output<typeof mainFile>;
/** What the main file says about one probe; the name alone is the same as `{ probe: name }`. */
export type ProbeEntry = Exclude<MainFile['probes'][number], string>;
