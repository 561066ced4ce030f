/**
 * Mutation tests of what decides numbers, identities and their text: `npm run test:mutation`, or one file with
 * `npm run test:mutation -- --mutate src/metrics/series_counts.ts`. Not part of `npm test`: a whole run takes long.
 *
 * Survivors that mean nothing, because the mutant behaves the same:
 * - `>` or `<` becomes `>=` or `<=` where equal values change nothing (growth of an array, a number that did not change);
 * - a guard against a series below 0 is removed: a typed array ignores a write to a negative index;
 * - an early return for empty work is removed: the loop after it does nothing;
 * - the overflow companion is adopted at every scrape: its series has a row either way.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: ['src/{metrics,exposition,decode}/**/*.ts'],
  mutator: { excludedMutations: ['StringLiteral'] },
  ignorePatterns: ['alerts', 'build', 'dashboards', 'deployments', 'dist', 'docs', 'native', 'preview'],
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, reportTests: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  tempDirName: 'build/stryker',
};
