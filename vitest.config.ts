import { defineConfig } from 'vitest/config';
import { grammarsOfTests } from './src/script/grammar_plugin.mjs';
import { ClosingReport } from './test/harness/closing_report.js';

const scenarios = ['test/scenarios/scenarios.test.ts', 'test/scenarios/demo.test.ts'];
const sideBySide = [
  'test/e2e/alerts/**/*.test.ts',
  'test/e2e/symbols/{capabilities,elf,jit}.test.ts',
  'test/e2e/{budget,pprof}.test.ts',
];
// What floods the machine, counts everything on it, or gives up after a time.
const alone = [
  'test/bpf/made_up_names.test.ts',
  'test/e2e/{abuse,command_line,deadlines,flight_recorder,load,syscall_handlers,tcp_handlers}.test.ts',
  'test/e2e/faults/ending.test.ts',
  'test/e2e/reload/hostile_configuration.test.ts',
  'test/e2e/symbols/hostile_elf.test.ts',
];
const nightly = ['test/nightly/**'];

// unit: needs no privileges and no kernel, and runs in seconds.
// kernel: loads real BPF programs.
// e2e: runs the built exporter with Prometheus, Alertmanager and a browser.
// side-by-side: other programs and long waits.
// alone: kernel and e2e files that disturb others, or that others disturb. They run one after the other.
// scenarios: causes problems on purpose. It runs last because it disturbs the whole machine.
// BPF programs count events of the whole machine. Kernel and e2e tests count those of their own commands, so two files run at once.
// Other load can disturb such a test, so it is retried once; the closing report lists every retried test.
const plugins = [grammarsOfTests];

export default defineConfig({
  test: {
    reporters: ['default', new ClosingReport()],
    projects: [
      {
        plugins,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          // No test mocks a module or leaves state behind, so files can share a thread. This halves the run time.
          pool: 'threads',
          isolate: false,
          // Some files wait for timeouts. By default one CPU would be left idle.
          maxWorkers: '100%',
          // A busy machine may need long for a process that must reach a limit of CPU time.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/bpf/**', 'test/native/**', 'test/e2e/**', ...nightly, ...scenarios],
        },
      },
      {
        plugins,
        test: {
          name: 'kernel',
          sequence: { groupOrder: 1 },
          include: ['test/native/**/*.test.ts', 'test/bpf/**/*.test.ts'],
          exclude: alone,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          retry: 1,
          maxWorkers: 2,
        },
      },
      {
        plugins,
        test: {
          name: 'e2e',
          sequence: { groupOrder: 2 },
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...sideBySide, ...alone],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          maxWorkers: 2,
        },
      },
      {
        plugins,
        test: {
          name: 'side-by-side',
          sequence: { groupOrder: 3 },
          include: sideBySide,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          // Half of the files wait most of the time. Programs that compute have a lower priority: see test/harness/promtool.ts.
          maxWorkers: 4,
          maxConcurrency: 3,
        },
      },
      {
        plugins,
        test: {
          name: 'alone',
          sequence: { groupOrder: 4 },
          include: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
          fileParallelism: false,
        },
      },
      {
        plugins,
        test: {
          name: 'scenarios',
          sequence: { groupOrder: 5 },
          include: scenarios,
          testTimeout: 300_000,
          hookTimeout: 60_000,
          retry: 1,
          maxConcurrency: 20,
          fileParallelism: false,
        },
      },
    ],
  },
});
