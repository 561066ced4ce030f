import { stringify } from 'yaml';
import type { lengthened } from './lengthened.js';

/** A host for promtool: its series, sampled every `interval` seconds. */
export interface SimulatedHost {
  readonly name: string;
  readonly interval: number;
  readonly series: ReturnType<typeof lengthened>;
}

/**
 * A test file of promtool in which no alert may fire on any of the hosts, from the first scrape to the last.
 *
 * @param ruleFiles absolute paths
 * @param evaluation seconds between evaluations of the rules
 */
export function silence(hosts: readonly SimulatedHost[], ruleFiles: readonly string[], evaluation: number): string {
  return stringify(
    {
      rule_files: ruleFiles,
      evaluation_interval: `${evaluation}s`,
      tests: hosts.map(({ name, interval, series }) => {
        const length = Math.max(...[...series.values()].map((values) => values.length));
        const end = interval * (length - 1);
        return {
          name,
          interval: `${interval}s`,
          input_series: [['up', Array<number>(length).fill(1)] as const, ...series].map(([key, values]) => ({
            series: withTarget(key, name),
            values: notation(values),
          })),
          promql_expr_test: [
            { expr: `count_over_time(ALERTS{alertstate="firing"}[${end}s])`, eval_time: `${end}s`, exp_samples: [] },
          ],
        };
      }),
    },
    { lineWidth: 0 },
  );
}

/** The series as Prometheus stores it, with the labels of its target. */
function withTarget(series: string, instance: string): string {
  const target = `job="santabpf",instance=${JSON.stringify(instance)}`;
  const brace = series.indexOf('{');
  return brace < 0 ? `${series}{${target}}` : `${series.slice(0, brace)}{${target},${series.slice(brace + 1)}`;
}

/** Values in the notation of promtool. A series that a scrape does not have any more is stale at once, as in Prometheus. */
function notation(values: readonly (number | null)[]): string {
  return values
    .map((value, index) => {
      if (value !== null) return plain(value);
      return values[index - 1] == null ? '_' : 'stale';
    })
    .join(' ');
}

/** Without an exponent, which promtool would read as the start of another number. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12) : text;
}

/** Every `step`th scrape, as a Prometheus with a longer interval sees the host. */
export function sampled(series: SimulatedHost['series'], step: number): SimulatedHost['series'] {
  return new Map([...series].map(([name, values]) => [name, values.filter((_, scrape) => scrape % step === 0)]));
}
