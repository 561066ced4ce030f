/**
 * Bundles the exporter and its packages into dist/: loading hundreds of small files would take longer than Node itself to start.
 * Types are not checked here; `npm run check-types` does that.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const src = dirname(fileURLToPath(import.meta.url));
const dist = join(src, '../dist');

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
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
execFileSync(process.execPath, [join(src, 'warm_up.mjs')], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 60_000 });
