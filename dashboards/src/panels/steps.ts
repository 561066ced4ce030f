import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** From this value on, this colour. */
export type Step = readonly [value: number, color: string];

/** Steps that several panels share. */
export const steps = {
  /** For counts whose normal value is 0. */
  expectNone: [[1, 'red']],
  /** Seconds that a task waits before it runs on. */
  delay: [
    [0.01, 'orange'],
    [0.1, 'red'],
  ],
  /** Share of a capacity in use. */
  fullness: [
    [0.8, 'orange'],
    [0.95, 'red'],
  ],
} satisfies Record<string, readonly Step[]>;

/** Green below the first step. */
export function thresholds(from: readonly Step[] = []): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: 'green' }, ...from.map(([value, color]) => ({ value, color }))]);
}
