#!/usr/bin/env node
/**
 * Opens damaged BPF objects with the addon, which must refuse or open each of them.
 *
 *   node test/native/fuzz/objects.mjs [INPUTS] [SEED]      100,000 inputs and a seed by the clock if omitted
 *
 * Exits with 1 if a process ended; the input is then in .cache/fuzz/object.bpf.o.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const root = join(self, '../../../..');
const objects = join(root, 'dist/bpf');
const inputsOfProcess = 5_000;
const words = [0, 1, 2, 8, 0xff, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** @param {number} seed @returns {(below: number) => number} */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @param {(below: number) => number} below @param {readonly Buffer[]} originals @returns {Buffer} */
function damaged(below, originals) {
  const bytes = Buffer.from(/** @type {Buffer} */ (originals[below(originals.length)]));
  const tables = Number(bytes.readBigUInt64LE(40));
  for (let edits = 1 + below(8); edits > 0; edits--) {
    // Every other edit is in the headers of the sections, which are a small part of the file.
    const at = below(2) ? below(bytes.length - 4) : tables + below(bytes.length - tables - 4);
    if (below(2)) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8)), at);
    else bytes.writeUInt32LE(below(2) ? Number(words[below(words.length)]) : below(bytes.length), at & ~3);
  }
  return below(20) ? bytes : bytes.subarray(0, below(bytes.length));
}

/** @param {number} seed @param {number} count @param {boolean} keep whether each input is written before it is opened */
function openAll(seed, count, keep) {
  const { BpfObject } = createRequire(import.meta.url)(join(root, 'build/Release/santabpf.node'));
  const names = readdirSync(objects).filter((name) => name.endsWith('.bpf.o'));
  const originals = names.map((name) => readFileSync(join(objects, name)));
  const below = numbers(seed);
  let opened = 0;
  for (let i = 0; i < count; i++) {
    const bytes = damaged(below, originals);
    if (keep) writeFileSync(join(root, '.cache/fuzz/object.bpf.o'), bytes);
    try {
      const object = new BpfObject(bytes, { name: 'damaged' });
      opened++;
      object.programs();
      object.maps();
      object.btf();
      object.close();
    } catch (error) {
      if (!(error instanceof Error && 'operation' in error && error.operation === 'open object')) throw error;
    }
  }
  console.log(`${opened} opened, ${count - opened} refused`);
}

if (process.argv[2] === 'open') {
  const [, , , seed, count, keep] = process.argv;
  openAll(Number(seed), Number(count), keep === 'keep');
} else {
  const [inputs = '100000', start = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
  mkdirSync(join(root, '.cache/fuzz'), { recursive: true });
  console.log(`seed ${start}`);
  for (let done = 0; done < Number(inputs); done += inputsOfProcess) {
    const count = String(Math.min(inputsOfProcess, Number(inputs) - done));
    const parameters = [self, 'open', String(Number(start) + done), count];
    const { status, signal } = spawnSync(process.execPath, parameters, { stdio: 'inherit' });
    if (status === 0) continue;
    spawnSync(process.execPath, [...parameters, 'keep'], { stdio: 'ignore' });
    console.error(`The process ended with ${signal ?? status}; the input is in .cache/fuzz/object.bpf.o`);
    process.exit(1);
  }
}
