/** One round: every program of the script, with what is known of its types so far. */
import type { IrFunction } from '../ir/program.js';
import { findMember, memberNames, type RecordType } from '../resolve/c_type.js';
import type { Hook } from '../resolve/hook.js';
import type { ProbeBlock, Script } from '../syntax/tree.js';
import { branchOn } from './conditions.js';
import { evaluate } from './expressions.js';
import { constant, helpers } from './function_builder.js';
import { hasLoopFunction } from './loop_functions.js';
import { type Compilation, Lowering, type Variable } from './lowering.js';

import { loadScalar } from './memory_access.js';
import { ProgramNames } from './program_names.js';
import { countRun, countsRuns } from './run_counters.js';
import { Scratch } from './scratch.js';
import { attempt, runStatements } from './statements.js';
import { addressedIn } from './variables.js';

export interface Program {
  readonly code: IrFunction;
  readonly hook: Hook;
  readonly scratchBytes: number;
}

export interface ProbeWithHooks {
  readonly block: ProbeBlock;
  readonly hooks: readonly Hook[];
  /** Variables of each program, kept from round to round. */
  readonly variables: readonly Map<string, Variable>[];
}

export function probesOf(script: Script, hooksOf: (block: ProbeBlock) => readonly Hook[]): ProbeWithHooks[] {
  return script.probes.map((block) => {
    const hooks = hooksOf(block);
    return { block, hooks, variables: hooks.map(() => new Map<string, Variable>()) };
  });
}

/** Section of the flags that say whether a `begin` has run. */
export const flags = '.bss';

export function writePrograms(probes: readonly ProbeWithHooks[], compilation: Compilation): Program[] {
  const names = new ProgramNames();
  const programs: Program[] = [];
  for (const { block, hooks, variables } of probes) {
    const sharesScratch = hasLoopFunction(block.body, compilation.kernel);
    for (const [index, hook] of hooks.entries()) {
      const lowering = new Lowering(
        compilation,
        hook,
        variables[index]!,
        programs.length,
        evaluate,
        runStatements,
        sharesScratch ? new Scratch() : undefined,
      );
      const name = names.next(hook);
      if (countsRuns(hook, compilation)) countRun(lowering, name);
      writeProgram(lowering, block, programs.length);
      if (!lowering.usesMaps) {
        compilation.notice(block.place, `${hook.text} is left out: it changes no map`);
        continue;
      }
      programs.push({ code: lowering.finish(name), hook, scratchBytes: lowering.scratch.bytes });
    }
  }
  return programs;
}

function writeProgram(lowering: Lowering, { predicate, body }: ProbeBlock, index: number): void {
  const { builder, hook, exit } = lowering;
  lowering.addressed = addressedIn(body);
  if (hook.provider === 'interval') {
    // Timers run on every CPU: one of them is enough.
    const next = builder.block();
    builder.branch('equal', builder.helper(helpers.cpu), constant(0), next, exit);
    builder.continueIn(next);
  } else if (hook.provider === 'begin') onlyOnce(lowering, index);
  else if (hook.context.kind === 'iterator') unlessAtEnd(lowering, hook.context.record);
  if (predicate !== undefined) {
    const next = builder.block();
    attempt(lowering, () => branchOn(lowering, predicate, next, exit));
    builder.continueIn(next);
  }
  lowering.run(lowering, body.statements);
}

/** An iterator runs once more after the last element, without one. */
function unlessAtEnd(lowering: Lowering, record: RecordType): void {
  const { builder, context, exit } = lowering;
  for (const name of memberNames(record)) {
    const { type, offset } = findMember(record, name)!;
    if (name === 'meta' || type.kind !== 'pointer') continue;
    builder.unlessZero(loadScalar(lowering, 'kernel', context, offset, 8, false), exit);
  }
}

/** Programs of type `syscall` run at every scrape. */
function onlyOnce({ builder, exit }: Lowering, index: number): void {
  const flag = builder.register();
  builder.emit({ kind: 'mapValue', to: flag, map: flags, offset: 8 * index });
  const first = builder.block();
  builder.branch('equal', builder.load({ base: flag, offset: 0 }), constant(0), first, exit);
  builder.continueIn(first);
  builder.store({ base: flag, offset: 0 }, constant(1));
}
