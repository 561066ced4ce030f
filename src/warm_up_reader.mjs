/**
 * Reads a configuration with a script as a reading process does, then keeps what V8 compiled of it. `src/bundle.ts` uses it.
 * The build starts it with the flags and the arguments of a reading process.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const { script } = createRequire(import.meta.url)(join(dist, 'reader_process.js'));
process.once('exit', () => writeFileSync(join(dist, 'answer.code'), script.createCachedData()));
