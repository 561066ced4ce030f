import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExporterOptions } from './exporter.js';

const root = join(import.meta.dirname, '../..');
const output = join(root, '.cache/fixtures');
let compiled = false;

/** The path of the BPF object compiled from test/fixtures/bpf/NAME.bpf.c; compiles what has changed. */
export function fixtureObject(name: string): string {
  if (!compiled) {
    const parameters = [join(root, 'bpf/build.mjs'), '--source', join(root, 'test/fixtures/bpf'), '--output', output];
    execFileSync(process.execPath, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    compiled = true;
  }
  return join(output, `${name}.bpf.o`);
}

/** An exporter that runs just the probe of test/fixtures/bpf/NAME.bpf.c and NAME.yaml. */
export function fixtureProbe(name: string): ExporterOptions {
  return {
    config: `probes: [${name}]\nprobe_path: [.]\n`,
    files: {
      [`${name}.yaml`]: readFileSync(join(root, 'test/fixtures/bpf', `${name}.yaml`)),
      [`${name}.bpf.o`]: readFileSync(fixtureObject(name)),
    },
  };
}
