import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { Addon } from './kernel/addon.js';

const folder = dirname(fileURLToPath(import.meta.url));
const addonFile = join(folder, '../build/Release/santabpf.node');

/**
 * Runs a bundle of dist/ as Node would run a CommonJS file, but with what V8 compiled of it at build time: compiling takes longer
 * than running. V8 ignores compiled code of another version of itself. Both files stay on disk rather than in memory.
 * @param name without `.js`, of a file with a function; the compiled code is in `NAME.code` next to it
 */
export function runBundle(name: string): Script {
  const file = join(folder, `${name}.js`);
  const codeFile = join(folder, `${name}.code`);
  const addon = loadedAddon();
  // Bundles are ASCII. As Latin-1 they take one byte a character.
  const source = addon?.mappedText(file) ?? readFileSync(file, 'latin1');
  const cachedData = existsSync(codeFile) ? addon?.mappedBytes(codeFile) : undefined;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, folder);
  return script;
}

/** Undefined if it cannot be loaded: the bundle says why. */
function loadedAddon(): Pick<Addon, 'mappedText' | 'mappedBytes'> | undefined {
  try {
    return createRequire(import.meta.url)(addonFile) as Addon;
  } catch {
    return undefined;
  }
}
