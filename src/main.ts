#!/usr/bin/env node
// First, because it limits the heap before other modules are loaded.
import './heap.js';
import { runBundle } from './bundle.js';

/** The compiled script of the exporter, which runs. */
export const script = runBundle('exporter');
