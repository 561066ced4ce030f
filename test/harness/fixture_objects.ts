import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExporterOptions, patientDeadline } from './exporter.js';

const root = join(import.meta.dirname, '../..');
const output = join(root, '.cache/fixtures');
let compiled = false;

/** The path of the BPF object of test/fixtures/bpf/NAME.bpf.c. The first call compiles all changed sources. */
export function fixtureObject(name: string): string {
  if (!compiled) {
    const parameters = [join(root, 'bpf/build.mjs'), '--source', join(root, 'test/fixtures/bpf'), '--output', output];
    execFileSync(process.execPath, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    compiled = true;
  }
  return join(output, `${name}.bpf.o`);
}

/** Options for an exporter that runs only the probe test/fixtures/bpf/NAME.yaml, with these constants. */
export function fixtureProbe(name: string, constants: Readonly<Record<string, number>> = {}): ExporterOptions {
  return {
    config: `probes: [{ probe: ${name}, constants: ${JSON.stringify(constants)} }]\nprobe_path: [.]\n${patientDeadline}`,
    files: {
      [`${name}.yaml`]: readFileSync(join(root, 'test/fixtures/bpf', `${name}.yaml`)),
      [`${name}.bpf.o`]: readFileSync(fixtureObject(name)),
    },
  };
}
