/** Raw tracepoints: the kernel's types name them, and what they give. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import type { KernelBtf } from './kernel_btf.js';
import { isPattern, matcher } from './name_matcher.js';
import { missingHook, ScriptProblem } from './problem.js';
import type { TypeTable } from './type_table.js';

const prefix = 'btf_trace_';

/**
 * Also with the module or category before the name, which the kernel does not need.
 * @throws ScriptProblem
 */
export function rawTracepoints(point: AttachPoint, types: TypeTable): Hook[] {
  const name = point.parts.at(-1);
  if (!name || point.parts.length > 2 || (isPattern(name) && types.btf === undefined)) {
    throw new ScriptProblem(
      point.place,
      isPattern(name ?? '')
        ? 'This kernel has no BTF: its raw tracepoints are not known'
        : 'A raw tracepoint needs one name',
      'Write it as in rawtracepoint:sched_switch.',
    );
  }
  if (types.btf === undefined) return [rawTracepoint(name, types)];
  const ofModule = point.parts.length === 2 ? [...types.owners(point.parts[0])] : [];
  const owners = ofModule.length > 0 ? ofModule : types.owners();
  const matches = matcher(name);
  const found: Hook[] = [];
  for (const { btf } of owners) {
    if (!isPattern(name)) {
      if (btf.find('typedef', prefix + name) !== undefined) return [rawTracepoint(name, types, btf)];
      continue;
    }
    for (const each of namesIn(btf)) if (matches(each)) found.push(rawTracepoint(each, types, btf));
  }
  if (found.length > 0) return found;
  const all = [...types.owners()].flatMap(({ btf }) => [...namesIn(btf)]);
  throw missingHook(point.place, `There is no raw tracepoint ${name} on this kernel`, name, all, 'raw tracepoints');
}

function* namesIn(btf: KernelBtf): Generator<string> {
  for (const name of btf.namesOf('typedef')) if (name.startsWith(prefix)) yield name.slice(prefix.length);
}

/** @param btf has it. Undefined: the kernel has no types */
function rawTracepoint(name: string, types: TypeTable, btf?: KernelBtf): Hook {
  const id = btf?.find('typedef', prefix + name);
  // The type has no names of parameters; the function that calls programs has. Before Linux 5.11 the types lack it, but not the one that calls it.
  const named = btf?.find('function', `__bpf_trace_${name}`) ?? btf?.find('function', `__traceiter_${name}`) ?? id;
  const [, ...parameters] = (named !== undefined && btf?.prototypeOf(named)?.parameters) || [];
  return {
    provider: 'rawtracepoint',
    text: `rawtracepoint:${name}`,
    section: `raw_tp/${name}`,
    context: {
      kind: 'words',
      parameters: parameters.map((each) => ({ name: each.name, type: types.ofKernel(each.type, btf) })),
    },
  };
}
