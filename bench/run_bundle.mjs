/**
 * Runs a bundle as `src/bundle.ts` does, with what V8 compiled of it before; the first run keeps that.
 * Usage: node bench/run_bundle.mjs BUNDLE [ARGUMENT...]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

// As in src/main.ts: V8 refuses code that was compiled with other flags.
setFlagsFromString('--enable-experimental-regexp-engine');
const [file = ''] = process.argv.splice(2, 1);
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;
const kept = `${file}.code`;
const cachedData = existsSync(kept) ? readFileSync(kept) : undefined;
const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
if (cachedData === undefined) process.once('exit', () => writeFileSync(kept, script.createCachedData()));
else if (script.cachedDataRejected) throw new Error(`V8 refuses ${kept}`);
script.runInThisContext()({}, createRequire(file), { exports: {} }, file, dirname(file));
