// main.ts imports this file before the flags of V8 are set. With other flags than Node was built with, V8 refuses the compiled
// code that Node has of its own modules: each would be compiled again, and Node keeps the result. These are the modules that the
// exporter uses, and `cluster`, which a server uses.
const names = [
  'assert',
  'async_hooks',
  'child_process',
  'cluster',
  'crypto',
  'diagnostics_channel',
  'dns',
  'fs/promises',
  'http',
  'module',
  'os',
  'perf_hooks',
  'timers/promises',
  'vm',
  'worker_threads',
];
// An import that nothing uses would not get into the bundle.
for (const name of names) process.getBuiltinModule(`node:${name}`);
