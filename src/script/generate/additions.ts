/** Additions to numbers of per-CPU maps. */
import type { ScriptMapUse } from '../check/map_table.js';
import type { Operand } from '../ir/program.js';
import type { Provider } from '../resolve/hook.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import type { Memory } from './function_builder.js';
import type { Lowering } from './lowering.js';

/** A task can lose its CPU in the middle of these programs, and another one run the same program there. */
const preemptible: ReadonlySet<Provider> = new Set<Provider>(['uprobe', 'uretprobe', 'usdt', 'begin', 'iter']);

/** From Linux 6.1 on no program is started while it runs on the same CPU; see bpf/include/kernel_version.h. */
export function neverNests({ hook, compilation }: Lowering): boolean {
  return !preemptible.has(hook.provider) && isAtLeast(compilation.kernel, 6, 1);
}

/** Notes that the program changes the map. */
export function useAsWriter({ compilation, index }: Lowering, map: ScriptMapUse): void {
  if (map.writers.has(index)) return;
  map.writers.add(index);
  if (map.writers.size > 1) compilation.maps.changed = true;
}

/** An atomic addition where something else could change the number meanwhile; elsewhere a plain one, which takes less than half the time. */
export function addTo({ builder }: Lowering, memory: Memory, value: Operand, isAlone: boolean): void {
  if (isAlone) builder.store(memory, builder.operate('add', builder.load(memory), value));
  else builder.addAtomically(memory, value);
}
