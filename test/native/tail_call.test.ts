import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon, nativeErrorOf, openCounters, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

describe('maps and programs of two objects', needs({ bpf: true }), () => {
  const objects: BpfObject[] = [];
  afterEach(() => {
    for (const object of objects.splice(0)) object.close();
  });

  function open(source: BpfObject): BpfObject {
    objects.push(source);
    return source;
  }

  test('an object reads and writes the map of another one, which stays when that is closed', async () => {
    const [first, second] = [open(openCounters()), open(openCounters())];
    await first.load();
    const map = first.map('plain_array');
    second.reuseMap('plain_array', map);
    await second.load();
    const same = second.map('plain_array');
    expect([same.id, same.name, same.maxEntries]).toEqual([map.id, 'plain_array', map.maxEntries]);
    map.update(u32(3), u32(42));
    expect(same.lookup(u32(3))).toEqual(u32(42));
    first.close();
    expect(same.lookup(u32(3))).toEqual(u32(42));
    expect(nativeErrorOf(() => open(openCounters()).reuseMap('plain_array', map)).code).toBe('EBADF');
  });

  test('a map of another type is refused', async () => {
    const first = open(openCounters());
    await first.load();
    const second = open(openCounters());
    const refusal = nativeErrorOf(() => second.reuseMap('plain_array', first.map('plain_hash')));
    expect([refusal.code, refusal.log]).toEqual([
      'EINVAL',
      'map "plain_array" has another type, or keys or values of another size',
    ]);
    expect(nativeErrorOf(() => first.reuseMap('plain_array', first.map('plain_hash'))).code).toBe('EINVAL');
    expect(() => second.reuseMap('plain_array', {} as never)).toThrow('map must be a BpfMap');
  });

  test('a program is put into a map of programs, and taken out again', async () => {
    const exits = open(new addon.BpfObject('dist/bpf/syscall_exits.bpf.o'));
    for (const { name } of exits.programs()) exits.setAutoload(name, name === 'dispatch_call_preemptible');
    await exits.load();
    const programs = exits.map('syscall_handlers');
    exits.setTailCall('dispatch_call_preemptible', programs, 5);
    expect(programs.lookup(u32(5))).toHaveLength(4);
    programs.delete(u32(5));
    expect(programs.lookup(u32(5))).toBeUndefined();
    programs.delete(u32(5));
    expect(nativeErrorOf(() => exits.setTailCall('dispatch_call_preemptible', programs, 64)).code).toBe('E2BIG');
    expect(
      nativeErrorOf(() => exits.setTailCall('dispatch_call_preemptible', exits.map('syscall_handler_lists'), 0)).code,
    ).toBe('EINVAL');
    expect(nativeErrorOf(() => exits.setTailCall('nobody', programs, 0)).code).toBe('ENOENT');
  });

  test('the initial value of global variables is read before the load', async () => {
    const object = open(new addon.BpfObject(fixtureObject('counters')));
    object.setInitialValue('.rodata', 0, u32(77));
    expect(object.initialValue('.rodata').subarray(0, 4)).toEqual(u32(77));
    expect(nativeErrorOf(() => object.initialValue('plain_hash')).code).toBe('EINVAL');
    await object.load();
    expect(nativeErrorOf(() => object.initialValue('.rodata')).code).toBe('EINVAL');
  });
});
