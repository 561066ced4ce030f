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
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { engineFlags, readingMegabytes } from './reading/engine_flags.mjs';
import { grammarsOfBundle } from './script/grammar_plugin.mjs';

const src = dirname(fileURLToPath(import.meta.url));
const dist = join(src, '../dist');

/** Its statements have little in common, so that compiling it runs most of the compiler. */
const everyPart = `
  rawtracepoint:sys_enter /pid > 1/ { @start[tid] = nsecs; @[comm, args.id] = count(); @name = str(uptr(0)); }
  rawtracepoint:sys_exit /@start[tid]/ {
    $time = nsecs - @start[tid];
    if ($time > 1000) { @long[comm] = sum($time); } else { @short++; }
    @time = hist($time); @steps = lhist($time / 1000, 0, 100, 10); @most = max($time); @mean = avg((int32)args.ret);
    @parent = curtask->real_parent->tgid;
    delete(@start, tid);
  }`;

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
  entryPoints: ['main.ts', 'exporter.ts', 'reader_process.ts', 'reading/answer.ts'].map((file) =>
    join(src, file),
  ),
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
// `src/bundle.ts` runs them as functions.
for (const name of ['exporter.js', 'answer.js']) {
  const file = join(dist, name);
  // Only comments of packages have other characters, which do not matter there.
  const text = readFileSync(file, 'utf8').replaceAll(/^ *[/][/].*$/gm, (line) => line.replaceAll(/[^ -~]/g, '?'));
  if (!isAscii(Buffer.from(text))) throw new Error(`dist/${name} has characters that src/bundle.ts would misread`);
  writeFileSync(file, `(function (exports, require, module, __filename, __dirname) {${text}\n})`);
}
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
const bundles = ['exporter.js', 'answer.js'].map((name) => readFileSync(join(dist, name)));
const identity = createHash('sha256').update(Buffer.concat(bundles)).digest('hex').slice(0, 16);
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'commonjs', build: identity })}\n`);
await warmUpReader();
await keepShippedConfiguration();
const { status } = spawnSync(process.execPath, [join(src, 'warm_up.mjs')], {
  stdio: ['ignore', 'inherit', 'inherit'],
  timeout: 60_000,
});
if (status !== 0)
  console.warn('The exporter could not be started once to keep its compiled code: its starts take longer.');

/** Keeps what V8 compiles of a reading process that also compiles a script. It is the reader's, so it has the reader's flags. */
async function warmUpReader() {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-build-'));
  const file = join(folder, 'santabpf.yaml');
  const path = join(src, '../config/probes');
  const probes = ['syscalls', 'biolatency', 'runqlat', 'tcp', './warm_up.bt'];
  writeFileSync(file, JSON.stringify({ probe_path: [path], probes }));
  writeFileSync(join(folder, 'warm_up.bt'), everyPart);
  const task = JSON.stringify({ kind: 'configuration', file, switches: [] });
  const reader = fork(join(src, 'warm_up_reader.mjs'), [task, String(process.pid), '60'], {
    execArgv: engineFlags(readingMegabytes),
    serialization: 'advanced',
  });
  const [code] = await once(reader, 'exit');
  rmSync(folder, { recursive: true });
  if (code !== 0)
    console.warn('A reading process could not be started once to keep its compiled code: reading takes longer.');
}

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
