/** Turns what a script prints into entries of maps, which an exporter has. */
import { rewritten, type TreeNode } from '../../../src/script/syntax/rewriting.js';
import type { Expression, Place, Script, Statement } from '../../../src/script/syntax/tree.js';

/** A call of a printing function in the script. */
export interface PrintSite {
  /** `printf` has a format; `value` is print(x); `map` is print(@x) of a map with keys. */
  readonly kind: 'printf' | 'value' | 'map';
  readonly format: string;
  /** The map that is printed. */
  readonly map: string | undefined;
  /** The map that has the arguments as a tuple, by the number of the event; 1 if there are none. */
  readonly events: string;
}

export interface CapturedScript {
  readonly script: Script;
  readonly sites: readonly PrintSite[];
  /** Maps of the script itself, in the order of their names. */
  readonly maps: readonly string[];
}

type Call = Extract<Expression, { kind: 'call' }>;

export const exitMap = 'captured_exit';
const sequence = 'captured_events';
const runs = 'captured_runs';

/**
 * Events are numbered over the whole script, so that their order is known. exit() sets `exitMap`, and ends the probe.
 * @param fileOf the path of a program that a probe names
 */
export function captured(script: Script, fileOf: (path: string) => string): CapturedScript {
  const names = new Set<string>();
  const withKeys = new Set<string>();
  rewritten(script, (node) => {
    if (node.kind !== 'map') return node;
    const { name, key } = node as Extract<Expression, { kind: 'map' }>;
    names.add(name);
    if (key !== undefined) withKeys.add(name);
    return node;
  });
  const sites: PrintSite[] = [];
  const site = (call: Call): Expression => {
    const { place } = call;
    const [first] = call.arguments;
    const number = sites.length;
    const isPrintf = call.name === 'printf';
    const map = !isPrintf && first?.kind === 'map' ? first : undefined;
    const isWhole = map !== undefined && map.key === undefined && withKeys.has(map.name);
    const given = isWhole ? [] : isPrintf ? call.arguments.slice(1) : call.arguments.slice(0, 1);
    const found: PrintSite = {
      kind: isPrintf ? 'printf' : isWhole ? 'map' : 'value',
      format: formatOf(first),
      map: map?.key === undefined ? map?.name : undefined,
      events: `captured_${number}`,
    };
    sites.push(found);
    const event: Expression = { kind: 'variable', name: `captured_${number}`, place };
    const values: Expression =
      given.length === 0 ? number_(1, place) : { kind: 'tuple', elements: given, names: undefined, place };
    return {
      kind: 'block expression',
      statements: [
        assignment(
          event,
          {
            kind: 'increment',
            operator: '++',
            isPrefix: true,
            target: { kind: 'map', name: sequence, key: undefined, place },
            place,
          },
          place,
        ),
        assignment({ kind: 'map', name: found.events, key: [event], place }, values, place),
      ],
      value: number_(0, place),
      place,
    };
  };
  const change = (node: TreeNode): unknown => {
    if (node.kind === 'expression statement') {
      const { expression, place } = node as Extract<Statement, { kind: 'expression statement' }>;
      return expression.kind === 'call' && expression.name === 'exit' ? ending(place) : node;
    }
    if (node.kind !== 'call') return node;
    const call = node as Call;
    return call.name === 'printf' || call.name === 'print' ? site(call) : node;
  };
  const probes = script.probes.map((probe) => {
    const { place } = probe;
    const body = rewritten(probe.body, change);
    return {
      ...probe,
      predicate: rewritten(probe.predicate, change),
      // Programs that print nothing run as well.
      body: { ...body, statements: [count(runs, place), ...body.statements] },
      points: probe.points.map((point) => ({
        ...point,
        parts: point.parts.map((part) => (/^(?:\.\/)?testprogs\//.test(part) ? fileOf(part) : part)),
      })),
    };
  });
  return { script: { ...script, probes }, sites, maps: [...names].sort() };
}

/** Also of a macro, whose value is the text. */
function formatOf(first: Expression | undefined): string {
  if (first?.kind === 'block expression') return formatOf(first.value);
  return first?.kind === 'string' ? first.value : '';
}

/** `end` runs after the others: as another `begin`. */
export function endsAsBeginnings(script: Script): Script {
  return {
    ...script,
    probes: script.probes.map((probe) => ({
      ...probe,
      points: probe.points.map((point) =>
        point.provider.toLowerCase() === 'end' ? { ...point, provider: 'begin' } : point,
      ),
    })),
  };
}

function ending(place: Place): Statement {
  const target = { kind: 'map', name: exitMap, key: undefined, place } as const;
  return {
    kind: 'block',
    statements: [assignment(target, number_(1, place), place), { kind: 'return', value: undefined, place }],
    place,
  };
}

function assignment(target: Expression, value: Expression, place: Place): Statement {
  if (target.kind !== 'variable' && target.kind !== 'map') throw new Error(`no target: ${target.kind}`);
  return { kind: 'assignment', target, operator: '=', value, place };
}

function count(name: string, place: Place): Statement {
  const target = { kind: 'map', name, key: undefined, place } as const;
  return {
    kind: 'expression statement',
    expression: { kind: 'increment', operator: '++', isPrefix: false, target, place },
    place,
  };
}

const number_ = (value: number, place: Place): Expression => ({
  kind: 'integer',
  value: BigInt(value),
  isUnsigned: false,
  place,
});
