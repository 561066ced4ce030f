import type { CompileScript, WrittenScript } from '../config/compiled_script.js';
import { readText } from '../config/file_text.js';
import { scriptName } from '../config/probe_file.js';
import { Faults, SantaError } from '../errors/fault.js';
import type { TypeFile } from '../kernel/addon.js';
import { findLibrary } from '../kernel/attach/binaries.js';
import { loadAddon } from '../kernel/load_addon.js';
import type { GeneratedScript } from '../script/compile_script.js';
import { explained } from '../script/explanation.js';
import { compileToFit } from '../script/fitting_script.js';
import type { KernelTypes } from '../script/resolve/kernel_types.js';
import { thisKernel } from '../script/resolve/running_kernel.js';
import { parseScript } from '../script/syntax/parse.js';
import type { ScriptExplanation } from './task.js';

/** Undefined without the addon, or if there is no such file: who reads it again finds out. */
function readTypes(path: string): TypeFile | undefined {
  try {
    return loadAddon().readTypes(path);
  } catch {
    return undefined;
  }
}

/**
 * A compiler for the running kernel, whose types are read when they are needed.
 * @param btf file with the kernel's BTF, for kernels without their own
 */
export function scriptCompiler(btf?: string): CompileScript {
  let kernel: KernelTypes | undefined;
  return (written) => {
    kernel ??= thisKernel(btf, readTypes, findLibrary);
    const { object, script } = generated(written, kernel);
    return { ...script.script, object };
  };
}

/**
 * Compiles the script in a file by itself.
 * @throws Faults
 */
export function explainScript(file: string, btf?: string): ScriptExplanation {
  try {
    const text = readText(file);
    const written = { file, text, probe: scriptName(file), events: {} };
    const kernel = thisKernel(btf, readTypes, findLibrary);
    const { object, script } = generated(written, kernel);
    const { cpus } = kernel;
    return { text: explained(script, { file, text, cpus, prefix: 'santabpf_' }), object };
  } catch (error) {
    throw error instanceof SantaError ? new Faults([error]) : error;
  }
}

function generated(
  { file, text, probe, events }: WrittenScript,
  kernel: KernelTypes,
): { script: GeneratedScript; object: Uint8Array } {
  const prints = Object.entries(events).map(([map, { printf, labels }]) => {
    const chosen = Object.entries(labels).map(([name, argument]) => ({ name, argument }));
    return [printf, { map, labels: chosen }] as const;
  });
  try {
    return compileToFit(parseScript(text, file), { file, text, probe, kernel, events: new Map(prints) });
  } catch (error) {
    throw error instanceof SantaError ? new Faults([error]) : error;
  }
}
