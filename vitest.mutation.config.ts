import { defineConfig } from 'vitest/config';

// The unit tests of what Stryker mutates, except those that start other programs; see stryker.config.mjs.
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    include: ['test/{decode,metrics,exposition,probes}/**/*.test.ts'],
    exclude: ['test/exposition/other_parsers.test.ts', 'test/metrics/own_metrics.test.ts'],
  },
});
