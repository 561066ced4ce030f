// As in main.ts: V8 refuses code that was compiled with other flags.
import './config/linear_regex.js';
import { runBundle } from './bundle.js';

/** The compiled script of a reading process, which runs. */
export const script = runBundle('answer');
