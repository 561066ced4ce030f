/** Bundles a program of this folder that compiles scripts: Node alone cannot import their grammar. Usage: node bench/bundle.mjs SOURCE OUTPUT */
import { build } from 'esbuild';
import { grammarsOfBundle } from '../src/script/grammar_plugin.mjs';

const [source = '', outfile = ''] = process.argv.slice(2);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  plugins: [grammarsOfBundle],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
