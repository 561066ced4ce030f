import { describe, expect, test } from 'vitest';
import type { SantaError } from '../../../src/errors/fault.js';
import { type RecordType, typeText } from '../../../src/script/resolve/c_type.js';
import { KernelBtf } from '../../../src/script/resolve/kernel_btf.js';
import { TypeTable } from '../../../src/script/resolve/type_table.js';
import { BtfFixture } from './btf_fixture.js';

const fixture = new BtfFixture()
  .add('int', 'int', 0, 4, (1 << 24) | 32)
  .add('struct', 'task', 2, 16, 'pid', 1, 0, 'next', 3, 64)
  .add('pointer', '', 0, 2)
  .add('enum', 'state', 2, 4, 'RUNNING', 0, 'STOPPED', 4)
  .add('typedef', 'pid', 0, 1)
  .add('prototype', '', 2, 1, 'task', 3, 'count', 1)
  .add('function', 'wake', 1, 6)
  .bytes();

describe('the types of a kernel', () => {
  const btf = new KernelBtf(fixture);

  test('are found by kind and name', () => {
    expect([
      btf.find('struct', 'task'),
      btf.find('int', 'int'),
      btf.find('typedef', 'pid'),
      btf.find('enum', 'state'),
    ]).toEqual([2, 1, 5, 4]);
    expect([
      btf.find('struct', 'pid'),
      btf.find('union', 'task'),
      btf.find('struct', ''),
      btf.find('struct', 'tas'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('have enumerators by name', () => {
    expect(btf.enumerator('STOPPED')).toEqual({ id: 4, value: 4n });
    expect(btf.enumerator('pid')).toBeUndefined();
  });

  test('have prototypes of functions', () => {
    expect(btf.prototypeOf(btf.find('function', 'wake')!)).toEqual({
      parameters: [
        { name: 'task', type: 3 },
        { name: 'count', type: 1 },
      ],
      result: 1,
    });
    expect(btf.prototypeOf(2)).toBeUndefined();
  });

  test('are listed by kind', () => {
    expect([...btf.namesOf('function')]).toEqual(['wake']);
  });

  test('may refer to each other without end', () => {
    const task = new TypeTable(btf).named('struct task') as RecordType;
    expect(task.members.map(({ name, offset, type }) => `${name} ${offset} ${typeText(type)}`)).toEqual([
      'pid 0 int32',
      'next 8 struct task *',
    ]);
  });

  test.each([
    ['no header', Buffer.alloc(8)],
    ['types beyond the end', fixture.subarray(0, 60)],
    ['an unknown kind', Buffer.from(fixture).fill(0x1f, 31, 32)],
  ])('with %s are refused', (_, bytes) => {
    expect(() => new KernelBtf(bytes)).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }) as SantaError);
  });
});
