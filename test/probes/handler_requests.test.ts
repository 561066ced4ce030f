import { describe, expect, test } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { loadAddon } from '../../src/kernel/load_addon.js';
import { handlerRequests } from '../../src/probes/handler_requests.js';

const addon = loadAddon();
const [SUCCEEDED, FAILED] = [1, 2];
const [KINDS, COMPAT, X32] = [516, 512, 513];

function requestsOf(probe: string) {
  const path = `dist/bpf/${probe}.bpf.o`;
  const object = new addon.BpfObject(path);
  try {
    return handlerRequests(parseBtf(object.btf()!), object, path);
  } finally {
    object.close();
  }
}

/** Kinds of calls by what is wanted of them. */
function kindsOf(wants: Uint8Array, results: number): number[] {
  return [...wants.keys()].filter((kind) => wants[kind] === results);
}

describe('the handlers of an object', () => {
  test('are none in most objects', () => {
    expect(requestsOf('forks')).toEqual([]);
  });

  test('want every kind of call without a table', () => {
    const [request, ...others] = requestsOf('syscalls');
    expect(others).toEqual([]);
    expect(request).toMatchObject({ program: 'count_failure', place: { map: '.rodata' } });
    expect(kindsOf(request!.wants, FAILED)).toHaveLength(KINDS);
  });

  test.runIf(process.arch === 'x64')('want the calls of their table, and all 32-bit calls if it has any', () => {
    const [opens] = requestsOf('opens');
    // open, creat, openat, open_by_handle_at, openat2
    expect(kindsOf(opens!.wants, SUCCEEDED | FAILED)).toEqual([2, 85, 257, 304, 437, COMPAT]);
    const [execs] = requestsOf('execs');
    expect(kindsOf(execs!.wants, FAILED)).toEqual([59, 322, COMPAT, X32]);
    const [changes] = requestsOf('kernel_changes');
    expect(kindsOf(changes!.wants, SUCCEEDED)).toEqual([321]);
  });
});
