import { availableParallelism, release } from 'node:os';
import type { CompileScript } from '../config/compiled_script.js';
import { Faults, SantaError } from '../errors/fault.js';
import { compileScript } from '../script/compile_script.js';
import { assemble } from '../script/object/assemble.js';
import { runningKernel } from '../script/resolve/running_kernel.js';
import { parseScript } from '../script/syntax/parse.js';

const kernelBtf = '/sys/kernel/btf/vmlinux';
const tracefs = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/**
 * A compiler for the running kernel, whose types are read when they are needed.
 * @param btf file with the kernel's BTF, for kernels without their own
 */
export function scriptCompiler(btf = kernelBtf): CompileScript {
  let kernel: ReturnType<typeof runningKernel> | undefined;
  return ({ file, text, probe, events }) => {
    try {
      kernel ??= runningKernel({
        btf,
        tracefs,
        release: release(),
        architecture: process.arch,
        cpus: availableParallelism(),
      });
      const prints = Object.entries(events).map(([map, { printf, labels }]) => {
        const chosen = Object.entries(labels).map(([name, argument]) => ({ name, argument }));
        return [printf, { map, labels: chosen }] as const;
      });
      const tree = parseScript(text, file);
      const { object, script } = compileScript(tree, { file, text, probe, kernel, events: new Map(prints) });
      return { ...script, object: assemble(object) };
    } catch (error) {
      throw error instanceof SantaError ? new Faults([error]) : error;
    }
  };
}
