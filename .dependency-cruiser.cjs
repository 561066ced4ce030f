/**
 * What each part of src imports, besides itself. The stages of a scrape come in call order:
 * errors <- config <- maps <- kernel <- decode <- metrics <- exposition <- http. `probes` joins the stages up to metrics;
 * `app` joins everything. Metrics are computed without the kernel stage, so that their tests need no privilege.
 */
const partsOfSource = {
  errors: [],
  build: [],
  warm_up: [],
  bundle: ['kernel'],
  nearest: [],
  visible_text: [],
  heap: [],
  builtins: [],
  package_folder: [],
  log: ['errors'],
  fault_log: ['errors', 'log'],
  signals: ['log'],
  shared_runs: [],
  config: ['errors', 'nearest', 'visible_text'],
  maps: [],
  page: [],
  cgroups: ['visible_text'],
  kernel: ['package_folder', 'errors', 'nearest', 'maps', 'cgroups'],
  stacks: ['package_folder', 'errors', 'maps', 'kernel'],
  recorder: ['errors', 'stacks'],
  decode: ['errors', 'nearest', 'visible_text', 'config', 'maps', 'cgroups'],
  events: ['errors', 'nearest', 'config', 'maps', 'kernel', 'decode'],
  symbols: ['package_folder', 'errors', 'visible_text', 'decode', 'stacks'],
  metrics: ['config', 'maps', 'decode'],
  app_recorder: ['config', 'http', 'log', 'probes', 'recorder', 'stacks', 'symbols'],
  exposition: ['metrics'],
  profiles: ['visible_text', 'metrics', 'stacks'],
  http: [
    'package_folder',
    'errors',
    'nearest',
    'visible_text',
    'log',
    'config',
    'metrics',
    'exposition',
    'stacks',
    'profiles',
  ],
  probes: [
    'package_folder',
    'errors',
    'nearest',
    'config',
    'maps',
    'cgroups',
    'kernel',
    'stacks',
    'decode',
    'events',
    'metrics',
  ],
  app_shared_parts: ['cgroups', 'config', 'http', 'kernel', 'metrics', 'probes', 'recorder', 'app_recorder'],
  app: [
    'errors',
    'log',
    'fault_log',
    'config',
    'kernel',
    'decode',
    'metrics',
    'probes',
    'stacks',
    'app_shared_parts',
    'exposition',
    'http',
    'shared_runs',
  ],
  reading: ['errors', 'config', 'kernel', 'http'],
  cli: ['package_folder', 'errors', 'nearest', 'log', 'http'],
  service: ['errors', 'log', 'fault_log', 'signals', 'cli', 'config', 'kernel', 'decode', 'http', 'app', 'reading'],
  exporter: ['package_folder', 'cli', 'config', 'reading', 'service'],
  main: ['builtins', 'heap', 'config', 'bundle'],
};

/** What each folder imports of the other folders. */
const folders = {
  src: [],
  native: [],
  bpf: [],
  'alerts/src': ['src'],
  'dashboards/src': ['alerts/src'],
  deployments: [],
  preview: [],
  setup: [],
  bench: ['src'],
  test: ['src', 'alerts/src', 'bench', 'dashboards/src', 'deployments', 'setup'],
};

/** Files that something else than an import starts: Node, npm scripts, vitest, workers, a folder read at run time. */
const entryPoints = [
  '^src/(main|exporter)[.]ts$',
  '^src/config/json_schema[.]ts$',
  '^src/reading/reader_process[.]ts$',
  '^(native|bpf|src)/build[.]mjs$',
  '^src/warm_up[.]mjs$',
  '^src/page/flamegraph[.]ts$',
  '^setup/setup[.]mjs$',
  '^alerts/src/main[.]ts$',
  '^bench/(main|stall_probe)[.]ts$',
  '^bench/scale/main[.]mjs$',
  '^deployments/(stage|kubernetes/generate)[.]mjs$',
  '^preview/preview[.]mjs$',
  '[.]test[.]ts$',
  '^test/sanitized[.]mjs$',
  '^test/native/fuzz/(run|objects|covered)[.]mjs$',
  '^test/fuzz/run[.]mjs$',
  '^test/e2e/loop_delay[.]mjs$',
  '^test/alerts/healthy_hosts/(record|loads/[^/]+)[.]mjs$',
  '^test/harness/fuse_file[.]mjs$',
  '^test/scenarios/(run|demo|(?:reproducers|variants)/[^/]+)[.]mjs$',
  '^test/virtual_machines/(run|check|states|service)[.]mjs$',
  '^vitest[.](?:nightly[.])?config[.]ts$',
];

const oneOf = (names) => `(?:${names.join('|')})`;

const partRules = Object.entries(partsOfSource).map(([part, others]) => ({
  name: `imports-of-${part}`,
  comment: `src/${part} imports ${others.length === 0 ? 'no other part' : `only ${others.join(', ')}`} of src`,
  severity: 'error',
  from: { path: `^src/${part}(?:/|[.]ts$)` },
  to: { path: `^src/(?!${oneOf([part, ...others])}(?:/|[.]ts$))` },
}));

const folderRules = Object.entries(folders).map(([folder, others]) => ({
  name: `imports-of-${folder.replace('/', '-')}`,
  comment: `${folder} imports ${others.length === 0 ? 'no other folder' : `only ${others.join(', ')}`} of the project`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: `^(?!${oneOf([folder, ...others])}/)${oneOf(Object.keys(folders))}/` },
}));

module.exports = {
  forbidden: [
    ...partRules,
    ...folderRules,
    {
      name: 'known-parts',
      comment: 'a new part of src needs a line in the table above',
      severity: 'error',
      from: {},
      to: { path: `^src/(?!${oneOf(Object.keys(partsOfSource))}(?:/|[.]ts$))` },
    },
    {
      name: 'one-door-to-the-addon',
      comment:
        'only load_addon.ts loads the native addon; hash_thread.ts resolves a package for its worker, bundle.ts runs a bundle',
      severity: 'error',
      from: { path: '^src/(?!kernel/load_addon[.]ts$|http/hash_thread[.]ts$|bundle[.]ts$|warm_up[.]mjs$)' },
      to: { path: ['[.]node$', '^(node:)?module$'] },
    },
    {
      name: 'zod-in-config-only',
      severity: 'error',
      from: { path: '^src/(?!config/)' },
      to: { path: '^node_modules/zod/' },
    },
    {
      name: 'server-packages-in-http-only',
      severity: 'error',
      from: { path: '^src/(?!http/)' },
      to: { path: '^node_modules/(fastify|bcryptjs)/' },
    },
    {
      name: 'no-dev-packages-in-src',
      comment: 'the exporter runs without the dev dependencies',
      severity: 'error',
      from: { path: '^src/.*[.]ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-packages-in-setup',
      comment: 'the set-up installs the packages, so it runs before they exist',
      severity: 'error',
      from: { path: '^setup/' },
      to: { path: '^node_modules/' },
    },
    {
      name: 'no-import-of-entry-points',
      severity: 'error',
      from: {},
      to: { path: ['^src/(main|exporter)[.]ts$', '[.]test[.]ts$'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unreachable-source',
      comment:
        'main.ts, exporter.ts and the process that it starts reach every file of src; json_schema.ts serves npm run schema',
      severity: 'error',
      from: { path: entryPoints.filter((path) => path.startsWith('^src/')) },
      to: { path: '^src/', pathNot: [...entryPoints, '[.]d[.]ts$'], reachable: false },
    },
    {
      name: 'no-unreachable-file',
      comment: 'an entry point reaches every file',
      severity: 'error',
      from: { path: entryPoints },
      to: { path: `^${oneOf(Object.keys(folders))}/`, pathNot: [...entryPoints, '[.]d[.]ts$'], reachable: false },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
