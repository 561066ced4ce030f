import type { Btf } from '../decode/btf/btf.js';
import { type ReadOnlyVariable, readOnlyVariables } from '../decode/constants.js';
import { fault } from '../errors/fault.js';
import type { BpfObject } from '../kernel/addon.js';
import type { HandlerRequest } from '../kernel/load_request.js';

/** As in bpf/include/syscall.h: 64-bit calls by number, then 32-bit calls, x32 calls and calls without number or name. */
const NUMBERS = 512;
const COMPAT = NUMBERS;
const KINDS = NUMBERS + 4;
/** As in bpf/include/tcp_state_dispatch.h. */
const TCP_STATES = 16;

/** The read-only variables of an object, with their bytes. */
interface Declarations {
  readonly variables: ReadonlyMap<string, ReadOnlyVariable>;
  bytesOf(variable: ReadOnlyVariable): Uint8Array;
  invalid(reason: string): Error;
}

/**
 * The handlers that an object declares; see bpf/include/syscall_exit.h and tcp_state_change.h.
 * @param object opened, not loaded
 * @param path of the object file
 * @throws fault OBJECT_INVALID if a declaration has no place or names no table
 */
export function handlerRequests(btf: Btf, object: BpfObject, path: string): HandlerRequest[] {
  const variables = readOnlyVariables(btf);
  const declarations: Declarations = {
    variables,
    bytesOf: ({ map, offset, layout }) => object.initialValue(map).subarray(offset, offset + layout.size),
    invalid: (reason) => fault('OBJECT_INVALID', { path, reason }),
  };
  return [...variables].flatMap(([name, declaration]): HandlerRequest[] => {
    const [, kind, program] = /^((?:changes_)?handled_by)_(.+)$/.exec(name) ?? [];
    if (program === undefined) return [];
    const place = variables.get(`place_of_${program}`);
    if (place === undefined) throw declarations.invalid(`handler "${program}" has no place_of_ variable`);
    const bytes = declarations.bytesOf(declaration);
    const request = { program, place: { map: place.map, offset: place.offset } };
    return kind === 'handled_by'
      ? [{ ...request, hook: 'syscall_exits', wants: wantedCalls(bytes, program, declarations) }]
      : [{ ...request, hook: 'tcp_states', wants: wantedChanges(bytes) }];
  });
}

/** @param declaration a `struct handled_calls` */
function wantedCalls(declaration: Uint8Array, program: string, { variables, bytesOf, invalid }: Declarations) {
  const [results = 0, ...text] = declaration;
  const tableName = String.fromCharCode(...text.slice(0, text.indexOf(0)));
  const wants = new Uint8Array(KINDS);
  if (tableName === '') return wants.fill(results);
  const table = variables.get(tableName);
  if (table === undefined) throw invalid(`handler "${program}" names the table "${tableName}", which it lacks`);
  for (const [index, meanings] of bytesOf(table).subarray(0, KINDS).entries()) {
    if (meanings & 0xf) wants[index] = results;
    if (meanings >> 4) wants[COMPAT] = results;
  }
  return wants;
}

/** @param declaration a `struct handled_changes` */
function wantedChanges(declaration: Uint8Array): Uint8Array {
  const sets = new Uint16Array(declaration.slice().buffer);
  const pairs = [...sets.keys()].filter((index) => index % 2 === 0).map((index) => [sets[index]!, sets[index + 1]!]);
  return new Uint8Array(TCP_STATES * TCP_STATES).map((_, kind) => {
    const [before, after] = [Math.floor(kind / TCP_STATES), kind % TCP_STATES];
    return pairs.some(([from, to]) => (from! >> before) & (to! >> after) & 1) ? 1 : 0;
  });
}
