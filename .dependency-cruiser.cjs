/**
 * Imports follow one line: errors <- config <- maps <- kernel <- decode <- metrics <- exposition <- http <- app <- main.
 * `probes` joins the stages before exposition, and only app knows it. A stage sees itself and those before it; what shows
 * numbers asks the interface in src/maps and never sees the kernel.
 */
const stages = ['errors', 'config', 'maps', 'kernel', 'decode', 'metrics', 'exposition', 'http'];
const top = ['^src/app[.]ts$', '^src/cli/', '^src/service[.]ts$', '^src/main[.]ts$'];

const direction = stages.map((stage, position) => ({
  name: `direction-${stage}`,
  comment: `${stage} is before ${[...stages.slice(position + 1), 'app', 'main'].join(', ')} and must not import them`,
  severity: 'error',
  from: { path: `^src/${stage}/` },
  to: { path: [...stages.slice(position + 1).map((later) => `^src/${later}/`), ...top] },
}));

module.exports = {
  forbidden: [
    ...direction,
    {
      name: 'no-kernel-after-decode',
      comment: 'these run in tests without privilege: they know src/maps, not the kernel',
      severity: 'error',
      from: { path: '^src/(decode|metrics|exposition|http)/' },
      to: { path: '^src/kernel/' },
    },
    {
      name: 'probes-for-app-only',
      comment: 'probes joins stages; none of them knows it, nor does it know how numbers are shown',
      severity: 'error',
      from: { path: `^src/(${stages.join('|')})/` },
      to: { path: '^src/probes/' },
    },
    {
      name: 'direction-probes',
      severity: 'error',
      from: { path: '^src/probes/' },
      to: { path: ['^src/(exposition|http)/', ...top] },
    },
    {
      name: 'no-stage-from-below',
      comment: 'what every stage may import imports no stage itself but errors',
      severity: 'error',
      from: { path: '^src/[^/]+[.]ts$', pathNot: top },
      to: {
        path: [
          ...stages.filter((stage) => stage !== 'errors').map((stage) => `^src/${stage}/`),
          '^src/probes/',
          ...top,
        ],
      },
    },
    {
      name: 'main-is-imported-by-nobody',
      severity: 'error',
      from: {},
      to: { path: 'src/main[.]ts$' },
    },
    {
      name: 'one-door-to-the-addon',
      comment: 'only src/kernel/load_addon.ts loads the native addon, through node:module',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/kernel/load_addon[.]ts$', '_thread[.]ts$'] },
      to: { path: ['[.]node$', '^(node:)?module$'] },
    },
    {
      name: 'zod-in-config-only',
      comment: 'what only the configuration needs is loaded by it alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/config/' },
      to: { path: 'node_modules/zod' },
    },
    {
      name: 'fastify-in-http-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/http/' },
      to: { path: ['node_modules/fastify', 'node_modules/bcryptjs'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '[.]d[.]ts$' }, to: {} },
    {
      name: 'not-unreachable',
      comment: 'what neither main.ts nor a thread of its own reaches is dead; json_schema.ts serves npm run schema',
      severity: 'error',
      from: { path: '^src/(main|.+_thread)[.]ts$' },
      to: { path: '^src/', pathNot: '^src/(main|.+_thread|config/json_schema)[.]ts$', reachable: false },
    },
    { name: 'no-tests-in-src', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|setup)/' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages',
      comment: 'what the exporter imports is a dependency, not a dev dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
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
