import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

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
