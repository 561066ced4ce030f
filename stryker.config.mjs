/**
 * Mutation tests of what decides numbers, identities and their text: `npm run test:mutation`, or one file with
 * `npm run test:mutation -- --mutate src/metrics/series_counts.ts`. Not part of `npm test`: a whole run takes long.
 *
 * Killed mutants, measured on 2026-11-26 (little-endian host). Every survivor left in these files is of a kind listed below.
 * - decode: decoder_chain 108/113, field_map 47/48, integer 23/23, label_set 80/82, label_text 11/14, metric_value 39/39,
 *   number_field 94/97, overflow 66/69, path 83/83, scalar_layout 118/125;
 * - metrics: bucket_bounds 71/72, entries 21/24, growth 3/3, histogram_reader 56/59, histogram_value 16/17, idle_entries 37/42,
 *   metric 100/110, number_reader 71/79, row_keys 14/16, row_series 43/47, scalar_value 21/21, series_counts 125/131,
 *   series_limit 32/32, series_table 118/132, series_text 23/24, slot_value 29/32;
 * - exposition: histogram_writer 43/44, negotiate 29/29, number_text 79/80, page_writer 25/26, prom_client 75/77, render 57/62,
 *   scalar_writer 20/21, series_lines 49/51, summary_writer 10/10, text_layout 16/16.
 *
 * Survivors that mean nothing, because the mutant behaves the same:
 * - `>` or `<` becomes `>=` or `<=` where equal values change nothing (growth of an array, a number that did not change, a chunk
 *   that is exactly full) or a loop looks at one unused place more;
 * - an array grows to one element less than asked for: it grows by half anyway; other sizes of spare memory;
 * - a guard against a series below 0 is removed: a typed array ignores a write to a negative index;
 * - an early return for empty work is removed: the loop after it does nothing;
 * - the overflow companion is adopted at every scrape: its series has a row either way. A series is an orphan although it has
 *   rows: `finish` looks again;
 * - a shortcut is removed or always taken: text without special characters, text short enough for a label, a chain of one
 *   decoder, bitfields below 8 bytes, the sum of one CPU, words instead of bytes, hashes before texts, bounds kept between
 *   scrapes, an arena without gaps, an empty list of chunks, an enumerator that fits already, a prefix copied from the line
 *   before, a row placed where it was: the long way has the same result;
 * - the index of series is searched in the other direction, or keeps removed series, which have no text;
 * - what only types ask for: `?.` on a value that is always there, the kind of an element before its encoding, a case that no
 *   caller makes or that returns undefined, a default that is filtered out, the bounds of a scalar, the length of an array that is
 *   filled next;
 * - a limit that the next step clamps;
 * - the byte order of a big-endian host;
 * - the order of families with equal names: sorting only asks whether a comparison is below 0;
 * - a metric is hidden before its first update: it has no series yet. A counter of turns counts down: every 64th turn is the
 *   same.
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
