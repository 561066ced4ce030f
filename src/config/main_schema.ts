/** The main file: which probes run, and the settings they share. */
import { z } from 'zod';
import { budget, probeBudget } from './budget_schema.js';
import { identity } from './identity_schema.js';
import { mapping } from './mapping_schema.js';
import { metricPrefix } from './names.js';
import { constants, maps } from './object_schema.js';
import { recorder } from './recorder_schema.js';
import { mustBe, mustListOne } from './sentences.js';
import { parseDuration } from './units.js';
import { labelNameText, named, probeNameText, seriesLimit } from './value_schema.js';

const droppedLabels = mapping(
  {
    drop: z.array(labelNameText, { error: mustBe('a list of label names') }).min(1, mustListOne('label')),
  },
  'a mapping such as { drop: [command] }',
);

const entry =
  'a probe name, the path of a script such as ./reads.bt, or a mapping such as { probe: runqlat, limit: 500 }';

/** A script of its own, relative to the main file. */
export const scriptPath = /[.]bt$/;
const probeOrScript = (what: string) =>
  z.union([probeNameText, z.string().regex(scriptPath).max(4096)], { error: mustBe(what) });

const probeEntry = z.union(
  [
    probeOrScript(entry),
    mapping(
      {
        probe: probeOrScript('a probe name, or the path of a script such as ./reads.bt'),
        constants: constants.optional(),
        maps: maps.optional(),
        limit: seriesLimit.optional(),
        identity: identity.optional(),
        labels: droppedLabels.optional(),
        budget: probeBudget.optional(),
      },
      entry,
    ),
  ],
  { error: mustBe(entry) },
);

const deadlineError = mustBe('a time from 10ms to 1m, such as 500ms or 2s');
const isDeadline = (milliseconds: number | undefined) =>
  milliseconds !== undefined && milliseconds >= 10 && milliseconds <= 60_000;
const deadline = z
  .string({ error: deadlineError })
  .refine((value) => isDeadline(parseDuration(value)), { error: deadlineError });

const folderError = mustBe('the path of a folder');
const folder = z.string({ error: folderError }).min(1, folderError);

export const mainFile = mapping(
  {
    probes: z.array(probeEntry, { error: mustBe('a list of probe names') }).min(1, mustListOne('probe')),
    probe_path: z
      .array(folder, { error: mustBe('a list of folders with probe files') })
      .min(1, mustListOne('folder'))
      .default(['probes']),
    metric_prefix: named(metricPrefix, 'the beginning of a metric name such as santabpf_, or "" for none').default(
      'santabpf_',
    ),
    series_limit: seriesLimit.default(10_000),
    probe_deadline: deadline.default('1s'),
    identity: identity.default(['command']),
    budget,
    flight_recorder: recorder.optional(),
  },
  'a mapping of settings (`name: value` lines)',
);

export type MainFile = z.output<typeof mainFile>;
/** What the main file says about one probe; a name alone means `{ probe: name }`. */
export type ProbeEntry = Exclude<MainFile['probes'][number], string>;
