import { defineConfig } from 'vitest/config';

// The unit tests of what Stryker mutates; see stryker.config.mjs.
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    include: ['test/{decode,metrics,exposition,probes}/**/*.test.ts'],
  },
});
