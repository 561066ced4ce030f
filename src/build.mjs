/**
 * Bundles the exporter and its packages into dist/: loading hundreds of small files would take longer than Node itself to start.
 * Types are not checked here; `npm run check-types` does that.
 */
import { isAscii } from 'node:buffer';
import { fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { grammarsOfBundle } from './script/grammar_plugin.mjs';

const src = dirname(fileURLToPath(import.meta.url));
const dist = join(src, '../dist');

/**
 * What packages load at their start for features that the exporter does not use. It would take memory for nothing.
 * @type {import('esbuild').Plugin}
 */
const unusedParts = {
  name: 'unused parts',
  setup(build) {
    const isUnused = (/** @type {{ path: string, importer: string }} */ { path, importer }) =>
      (/[/]fastify[/]/.test(importer) && /^node:https?2?$/.test(path) && path !== 'node:http') ||
      (/[/]prom-client[/]/.test(importer) && /^[.]\/lib\/(cluster|pushgateway)$/.test(path));
    build.onResolve({ filter: /./ }, (reference) =>
      isUnused(reference) ? { path: reference.path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

mkdirSync(dist, { recursive: true });
// Only the BPF objects in dist/ are not ours to remove.
for (const name of readdirSync(dist).filter((name) => name !== 'bpf')) {
  rmSync(join(dist, name), { recursive: true });
}
await build({
  entryPoints: ['main.ts', 'exporter.ts', 'reading/reader_process.ts'].map((file) => join(src, file)),
  outdir: dist,
  // Side by side, so that a bundled file finds its neighbours by the same relative path as its source does.
  entryNames: '[name]',
  bundle: true,
  // Node starts CommonJS sooner than modules, and V8 can keep what it compiled of it.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: [
    // Found by name at run time: by a worker, and for logs on a terminal.
    'bcryptjs',
    'pino-pretty',
    // What fastify would need for schemas and for requests without a socket, which the exporter does not have.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
  plugins: [unusedParts, grammarsOfBundle],
  // `src/bundle.ts` reads the bundle as Latin-1, and esbuild cannot escape a character in a tagged template.
  supported: { 'dynamic-import': false, 'template-literal': false },
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
// `src/bundle.ts` runs it as a function.
const exporter = join(dist, 'exporter.js');
if (!isAscii(readFileSync(exporter)))
  throw new Error('dist/exporter.js has characters that src/bundle.ts would misread');
writeFileSync(
  exporter,
  `(function (exports, require, module, __filename, __dirname) {${readFileSync(exporter, 'utf8')}\n})`,
);
// For the command `dashboard` alone: Grafana's builder would be a burden to the exporter's start.
await build({
  entryPoints: { dashboard: join(src, '../dashboards/src/own/main.ts') },
  outdir: dist,
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
// For browsers: the server puts them into pages.
await build({
  entryPoints: ['flamegraph', 'host'].map((name) => join(src, `page/${name}.ts`)),
  outdir: dist,
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  loader: { '.css': 'empty' },
  logLevel: 'warning',
});
// What is in the bundles identifies the build: another one may read the same configuration differently.
const bundles = ['exporter.js', 'reader_process.js'].map((name) => readFileSync(join(dist, name)));
const identity = createHash('sha256').update(Buffer.concat(bundles)).digest('hex').slice(0, 16);
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'commonjs', build: identity })}\n`);
await keepShippedConfiguration();
const { status } = spawnSync(process.execPath, [join(src, 'warm_up.mjs')], {
  stdio: ['ignore', 'inherit', 'inherit'],
  timeout: 60_000,
});
if (status !== 0)
  console.warn('The exporter could not be started once to keep its compiled code: its starts take longer.');

/** Reads the shipped configuration as a start would. One with faults is not kept: the start reports them. */
async function keepShippedConfiguration() {
  const folder = join(dist, 'kept');
  const task = {
    kind: 'configuration',
    file: join(src, '../config/santabpf.yaml'),
    switches: [],
    keep: { folder, build: identity },
  };
  const words = [JSON.stringify(task), String(process.pid), '60'];
  await once(fork(join(dist, 'reader_process.js'), words, { serialization: 'advanced' }), 'exit');
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  if (name !== undefined) {
    renameSync(join(folder, name), join(dist, 'shipped.configuration'));
    // The exporter may run as another user.
    chmodSync(join(dist, 'shipped.configuration'), 0o644);
  }
  rmSync(folder, { recursive: true, force: true });
}
