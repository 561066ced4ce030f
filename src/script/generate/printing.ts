/** What only prints has no meaning for an exporter, except a printf that the probe file makes a counter of. */
import { nothing } from '../check/value_type.js';
import { visit } from '../syntax/rewriting.js';
import type { Expression } from '../syntax/tree.js';
import { countEvent } from './event_counters.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;

const printers: Readonly<Record<string, string>> = {
  printf: 'printf() prints, and an exporter has no output: it is left out. `events` of a probe file can count it',
  errorf: 'errorf() prints, and an exporter has no output: it is left out',
  warnf: 'warnf() prints, and an exporter has no output: it is left out',
  print: 'print() is left out: maps are exported at every scrape',
  clear: 'clear() is left out: counters of Prometheus never go back',
  zero: 'zero() is left out: counters of Prometheus never go back',
  time: 'time() prints, and an exporter has no output: it is left out',
  cat: 'cat() prints, and an exporter has no output: it is left out',
  join: 'join() prints, and an exporter has no output: it is left out',
  exit: 'exit() is left out: an exporter runs on',
};

/** Whether computing it changes a map or a variable: that happens although nothing is printed. */
function hasEffects(argument: Expression): boolean {
  let found = false;
  visit(argument, (node) => {
    const isCall = node.kind === 'call' && /^(delete|find)$/.test((node as unknown as Call).name);
    found ||= isCall || node.kind === 'increment' || node.kind === 'assignment';
  });
  return found;
}

/** Undefined: the function is none of these. */
export function withoutValue(lowering: Lowering, call: Call): Value | undefined {
  if (!Object.hasOwn(printers, call.name)) return undefined;
  const { compilation } = lowering;
  if (call.name === 'printf') {
    const number = compilation.printNumber(call.place);
    const event = compilation.events.get(number);
    if (event !== undefined) {
      countEvent(lowering, call, event);
      return { kind: 'nothing', type: nothing };
    }
  }
  for (const argument of call.arguments) if (hasEffects(argument)) lowering.value(argument);
  compilation.notice(call.place, printers[call.name]!);
  return { kind: 'nothing', type: nothing };
}
