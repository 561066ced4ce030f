import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const folder = dirname(fileURLToPath(import.meta.url));

/**
 * Runs a bundled CommonJS file of dist/ as Node would, but with what V8 compiled of it at build time: compiling takes longer than
 * running. V8 ignores compiled code of another version of itself.
 * @param name without `.js`; the compiled code is in `NAME.code` next to it
 */
export function runBundle(name: string): Script {
  const file = join(folder, `${name}.js`);
  // Bundles are ASCII. As Latin-1 they take one byte a character.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;
  const cachedData = compiledCode(join(folder, `${name}.code`));
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, folder);
  return script;
}

function compiledCode(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
