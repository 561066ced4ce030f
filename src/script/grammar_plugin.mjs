/** Makes modules of parser grammars (`*.peggy`): for the bundle by esbuild, and for tests by Vite. */
import { readFileSync } from 'node:fs';
import peggy from 'peggy';

/** @param {string} text of a grammar */
function moduleOf(text) {
  // Memory instead of time: without the cache, wrong input can take time that doubles with each level.
  return peggy.generate(text, { output: 'source', format: 'es', cache: true });
}

/** @type {import('esbuild').Plugin} */
export const grammarsOfBundle = {
  name: 'grammars',
  setup(build) {
    build.onLoad({ filter: /[.]peggy$/ }, ({ path }) => ({
      contents: moduleOf(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** @type {import('vite').Plugin} */
export const grammarsOfTests = {
  name: 'grammars',
  transform(text, id) {
    return id.endsWith('.peggy') ? { code: moduleOf(text), map: null } : undefined;
  },
};
