#!/usr/bin/env node
import './builtins.js';
// Both set flags of V8. They come early: heap.ts limits the heap before it grows, and V8 refuses code compiled with other flags.
import './heap.js';
import './config/linear_regex.js';
import { runBundle } from './bundle.js';

/** The compiled script of the exporter, which runs. */
export const script = runBundle('exporter');
