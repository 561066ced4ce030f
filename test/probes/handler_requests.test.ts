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

  test('want changes between some states of a TCP socket', () => {
    const [established, synReceived, close, listen] = [1, 3, 7, 10];
    const kind = (from: number, to: number) => 16 * from + to;
    const [queue] = requestsOf('accept_queue');
    expect(queue).toMatchObject({ hook: 'tcp_states', program: 'change_state' });
    const wanted = kindsOf(queue!.wants, 1);
    expect(wanted).toEqual(expect.arrayContaining([kind(listen, close), kind(close, listen)]));
    expect(wanted).toHaveLength(17);
    const byHook = new Map(requestsOf('tcp').map((request) => [request.hook, request]));
    expect(byHook.get('syscall_exits')?.program).toBe('leave_call');
    const wants = byHook.get('tcp_states')!.wants;
    expect([wants[kind(established, close)], wants[kind(close, listen)]]).toEqual([1, 0]);
    expect([wants[kind(synReceived, established)], wants[kind(listen, synReceived)]]).toEqual([1, 0]);
  });
});
