import type { Btf } from '../decode/btf/btf.js';
import { type ReadOnlyVariable, readOnlyVariables } from '../decode/constants.js';
import { fault } from '../errors/fault.js';
import type { BpfObject } from '../kernel/addon.js';
import type { HandlerRequest } from '../kernel/load_request.js';

/** As in bpf/include/syscall.h: 64-bit calls by number, then 32-bit calls, x32 calls and calls without number or name. */
const NUMBERS = 512;
const COMPAT = NUMBERS;
const KINDS = NUMBERS + 4;

/**
 * The handlers of system calls that an object declares; see bpf/include/syscall_exit.h.
 * @param object opened, not loaded
 * @param path of the object file
 * @throws fault OBJECT_INVALID if a declaration has no place or names no table
 */
export function handlerRequests(btf: Btf, object: BpfObject, path: string): HandlerRequest[] {
  const variables = readOnlyVariables(btf);
  const bytesOf = ({ map, offset, layout }: ReadOnlyVariable) =>
    object.initialValue(map).subarray(offset, offset + layout.size);
  return [...variables].flatMap(([name, declaration]) => {
    const [, program] = /^handled_by_(.+)$/.exec(name) ?? [];
    if (program === undefined) return [];
    const place = variables.get(`place_of_${program}`);
    const [results = 0, ...text] = bytesOf(declaration);
    const tableName = String.fromCharCode(...text.slice(0, text.indexOf(0)));
    const table = variables.get(tableName);
    if (place === undefined || (tableName !== '' && table === undefined)) {
      const reason =
        place === undefined ? 'has no place_of_ variable' : `names the table "${tableName}", which it lacks`;
      throw fault('OBJECT_INVALID', { path, reason: `handler "${program}" ${reason}` });
    }
    const wants = wanted(results, table && bytesOf(table));
    return [{ program, place: { map: place.map, offset: place.offset }, wants }];
  });
}

/** @param table a call table of bpf/include/call_table.h; undefined for every call */
function wanted(results: number, table: Uint8Array | undefined): Uint8Array {
  const wants = new Uint8Array(KINDS);
  if (table === undefined) return wants.fill(results);
  for (const [index, meanings] of table.subarray(0, KINDS).entries()) {
    if (meanings & 0xf) wants[index] = results;
    if (meanings >> 4) wants[COMPAT] = results;
  }
  return wants;
}
