import { defineConfig } from 'vitest/config';
import { grammarsOfTests } from './src/script/grammar_plugin.mjs';
import { ClosingReport } from './test/harness/closing_report.js';

// Minutes of CPU time, for cases of which `npm test` has a sample.
export default defineConfig({
  plugins: [grammarsOfTests],
  test: {
    reporters: ['default', new ClosingReport()],
    include: ['test/nightly/**/*.test.ts'],
    testTimeout: 240_000,
    fileParallelism: false,
  },
});
