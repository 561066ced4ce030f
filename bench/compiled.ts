import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { output, root } from './root.js';

/** Compiles bench/bpf/NAME.bpf.c if it changed. @returns the path of the object */
export function benchObject(name: string): string {
  const folder = join(output, 'bpf');
  const parameters = [join(root, 'bpf/build.mjs'), '--source', join(root, 'bench/bpf'), '--output', folder, name];
  execFileSync(process.execPath, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, `${name}.bpf.o`);
}

/** Compiles bench/meter.c. @returns the path of the program */
export function meterProgram(): string {
  return compiled('meter', [join(root, 'bench/meter.c')], ['-lbpf']);
}

/** Compiles bench/socket_holder.c. @returns the path of the program */
export function socketHolderProgram(): string {
  return compiled('socket_holder', [join(root, 'bench/socket_holder.c')], []);
}

/** Compiles the workload generator of the tests. @returns the path of the program */
export function workloadProgram(): string {
  const folder = join(root, 'test/workload');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.c'));
  return compiled(
    'workload',
    sources.map((name) => join(folder, name)),
    ['-static', '-pthread'],
  );
}

function compiled(name: string, sources: readonly string[], flags: readonly string[]): string {
  const program = join(output, name);
  execFileSync('cc', ['-O2', '-o', program, ...sources, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  return program;
}

/** Bundles bench/NAME.ts. @returns the path of the program */
export function bundledProgram(name: string): string {
  const program = join(output, `${name}.cjs`);
  rmSync(`${program}.code`, { force: true });
  execFileSync(process.execPath, [join(root, 'bench/bundle.mjs'), join(root, `bench/${name}.ts`), program]);
  return program;
}
