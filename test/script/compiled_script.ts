/** Scripts for a kernel without types, and what becomes of them. */
import type { Faults } from '../../src/errors/fault.js';
import { compileScript, type GeneratedScript, type ScriptSource } from '../../src/script/compile_script.js';
import { type KernelTypes, noModules } from '../../src/script/resolve/kernel_types.js';
import { parseScript } from '../../src/script/syntax/parse.js';

/** The format of the tracepoints that it has. */
export const format = `	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:long ret;	offset:16;	size:8;	signed:1;
	field:char comm[16];	offset:24;	size:16;	signed:0;
	field:const char * file;	offset:40;	size:8;	signed:0;
`;

export const kernel: KernelTypes = {
  btf: undefined,
  modules: noModules,
  architecture: 'x64',
  version: [6, 1],
  cpus: 2,
  tracepointCategories: () => ['syscalls', 'sched'],
  tracepointsOf: (category) => (category === 'syscalls' ? ['sys_exit_read', 'sys_exit_write'] : []),
  tracepointFormat: (category, name) =>
    category === 'syscalls' && /^sys_exit_(read|write)$/.test(name) ? format : undefined,
  traceableFunctions: () => undefined,
  symbolsOf: () => undefined,
  usdtProbes: (file) => (file === '/usr/bin/own' ? [{ provider: 'own', name: 'step' }] : undefined),
  hasSymbol: (name) => name === 'avenrun',
};

export function compiled(text: string, more: Partial<ScriptSource> = {}): GeneratedScript {
  return compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'reads', kernel, ...more });
}

/** `line:column message · remedy` of all faults. */
export function faultsOf(text: string, more: Partial<ScriptSource> = {}): string[] {
  try {
    compiled(text, more);
  } catch (error) {
    return (error as Faults).faults.map(
      ({ location, message, remedy }) => `${location?.line}:${location?.column} ${message} · ${remedy}`,
    );
  }
  return [];
}

/** An attach point of that kernel. */
export const at = 'tracepoint:syscalls:sys_exit_read';
