/** Programs count their own runs, as those of bpf/include/run_counter.h do: the exporter multiplies them with the time of a few. */
import type { DataType, IrMap } from '../ir/program.js';
import type { Hook } from '../resolve/hook.js';
import { addTo, neverNests } from './additions.js';
import { constant, helpers } from './function_builder.js';
import type { Compilation, Lowering } from './lowering.js';

/** A wildcard may stand for hundreds of programs: each counter is a map. */
const mostCounters = 32;
const u32: DataType = { kind: 'integer', bytes: 4, isSigned: false };
const u64: DataType = { kind: 'integer', bytes: 8, isSigned: false };
const fields = ['runs', 'taken_over', 'measured_runs', 'measured_ns'];

/** What the exporter runs itself is measured anyway. */
export function countsRuns({ provider }: Hook, { programs }: Compilation): boolean {
  return programs <= mostCounters && provider !== 'iter' && provider !== 'begin';
}

export function runCounter(program: string): IrMap {
  const value: DataType = {
    kind: 'struct',
    name: 'run_counter',
    bytes: 8 * fields.length,
    fields: fields.map((name, index) => ({ name, offset: 8 * index, type: u64 })),
  };
  return { name: `runs_of_${program}`, type: 6, entries: 1, flags: 0, key: u32, value };
}

/** The first thing that a program does. */
export function countRun(lowering: Lowering, program: string): void {
  const { builder } = lowering;
  const key = builder.slot(8)!;
  builder.store(key, constant(0));
  const found = builder.helper(helpers.lookUp, builder.map(`runs_of_${program}`), builder.addressOf(key));
  const [counted, next] = [builder.block(), builder.block()];
  builder.branch('unequal', found, constant(0), counted, next);
  builder.continueIn(counted);
  addTo(lowering, { base: found, offset: 0 }, constant(1), neverNests(lowering));
  builder.jump(next);
  builder.continueIn(next);
  builder.free(key.slot);
}
