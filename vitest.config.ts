import { defineConfig } from 'vitest/config';
import { ClosingReport } from './test/harness/closing_report.js';

const scenarios = 'test/scenarios/scenarios.test.ts';

// unit: no privilege, no kernel, seconds. kernel: loads real BPF programs, one file at a time because the files
// share the machine's counters. e2e: the built exporter with Prometheus, Alertmanager and a browser. scenarios: trouble
// on purpose, last because the machine is not itself meanwhile. One group after the other, for the counters' sake.
// What watches a whole machine has a second try, for the machine may have had something else to do; the report marks it.
export default defineConfig({
  test: {
    reporters: ['default', new ClosingReport()],
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          // No test mocks a module or leaves anything behind, so files may share a thread: half the time.
          pool: 'threads',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/bpf/**', 'test/native/**', 'test/e2e/**', scenarios],
        },
      },
      {
        test: {
          name: 'kernel',
          sequence: { groupOrder: 1 },
          include: ['test/native/**/*.test.ts', 'test/bpf/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          retry: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          sequence: { groupOrder: 2 },
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'scenarios',
          sequence: { groupOrder: 3 },
          include: [scenarios],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          retry: 1,
          maxConcurrency: 20,
        },
      },
    ],
  },
});
