import { defineConfig } from 'vitest/config';

// unit: no privilege, no kernel, seconds. kernel: loads real BPF programs, one file at a time because the files
// share the machine's counters. e2e: the built exporter with Prometheus, Alertmanager and a browser.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/kernel/!(unit)/**', 'test/kernel/*.test.ts', 'test/e2e/**', 'test/kernels/**'],
        },
      },
      {
        test: {
          name: 'kernel',
          include: ['test/kernel/**/*.test.ts'],
          exclude: ['test/kernel/unit/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
