import type { z } from 'zod';
import type { IdentityLabel } from '../../src/config/identity_labels.js';
import { mapping } from '../../src/config/mapping_schema.js';
import { metricPrefix } from '../../src/config/names.js';
import { named } from '../../src/config/value_schema.js';
import { definitions } from './groups.js';
import { duration, identity, severity } from './parameter_kinds.js';

const url = named(
  /^https?:\/\/[^\s"'`{}]*[^\s"'`{}/]$/,
  'a URL without a slash at its end, such as https://grafana.example.org',
);

/** A URL with labels of the alert in it. */
const urlOfHost = named(
  /^https?:\/\/(?:[^\s"'`{}]|\{\{[a-z_]+\}\})*(?:[^\s"'`{}/]|\{\{[a-z_]+\}\})$/,
  'a URL without a slash at its end, in which {{instance}} stands for the host, such as http://{{instance}}',
);

const waiting = duration('a duration such as 30s, 5m or 1h30m', 1, 86_400);

/** What every alert has, besides its own parameters. Durations are in seconds. */
const everyAlert = { severity, for: waiting.optional(), keep_firing_for: waiting.optional() };

const shapes = definitions.flatMap(({ parameters }) => Object.entries(parameters));

const alerts = Object.fromEntries(
  shapes.map(([name, shape]) => [
    name,
    mapping({ ...everyAlert, ...shape }, 'a mapping such as { severity: warning, for: 1m }'),
  ]),
);

/** The schema of alerts/parameters.yaml. */
export const parametersFile = mapping(
  {
    interval: duration('a scrape interval from 1s to 2m, such as 15s', 1, 120),
    identity,
    job: named(/^[^\s"'\\]+$/, 'a regular expression for names of jobs, such as .*santabpf.*'),
    metric_prefix: named(metricPrefix, 'the beginning of a metric name such as santabpf_, or "" for none'),
    links: mapping(
      { grafana: url, runbooks: url, exporter: urlOfHost },
      'a mapping with the URLs grafana, runbooks and exporter',
    ),
    ...alerts,
  },
  'a mapping of parameters (`name: value` lines)',
);

type Common = z.output<z.ZodObject<typeof everyAlert>>;

/** The parameters of the rules. An alert's are under its name. */
export interface Parameters {
  /** Scrape interval in seconds. */
  readonly interval: number;
  /** The exporter's setting `identity`. */
  readonly identity: readonly IdentityLabel[];
  readonly job: string;
  readonly metric_prefix: string;
  readonly links: { readonly grafana: string; readonly runbooks: string; readonly exporter: string };
  readonly [alert: string]: unknown;
}

/** Severity and durations of an alert. */
export function alertSettings(parameters: Parameters, alert: string): Common {
  return parameters[alert] as Common;
}
