import { setFlagsFromString } from 'node:v8';

// Imported first by main.ts, before anything has made the heap grow. Left alone, V8 answers a scrape every few seconds
// by letting garbage grow to several times of what lives: 98 MB of anonymous memory after 500 scrapes of the default
// probes, where this takes 35 (docs/performance.md).
//
// The young generation keeps its first size, one megabyte, instead of growing to 16;
setFlagsFromString('--semi-space-growth-factor=1');
// and the old one is collected when it has grown by a little, instead of doubled.
setFlagsFromString('--optimize-for-size');
