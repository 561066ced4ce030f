/**
 * Bundles the exporter and its packages into dist/: loading hundreds of small files would take longer than Node itself to start.
 * Types are not checked here; `npm run check-types` does that.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
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
  entryPoints: [join(src, 'main.ts'), join(src, 'reading/reader_process.ts')],
  outdir: dist,
  // Side by side, so that a bundled file finds its neighbours by the same relative path as its source does.
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Found by name at run time: by a worker, and for logs on a terminal.
  external: ['bcryptjs', 'pino-pretty'],
  // Some packages are CommonJS and require Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});
