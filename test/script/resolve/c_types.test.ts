import { describe, expect, test } from 'vitest';
import { defineType } from '../../../src/script/resolve/c_definitions.js';
import { type CType, findMember, type RecordType, sizeOf, typeText } from '../../../src/script/resolve/c_type.js';
import { readTracepointFormat } from '../../../src/script/resolve/tracepoint_format.js';
import { TypeTable } from '../../../src/script/resolve/type_table.js';

function defined(text: string, name: string): { type: CType | undefined; problem: string | undefined } {
  const types = new TypeTable(undefined);
  const wrong = defineType(text, types);
  return { type: types.named(name), problem: wrong?.problem };
}

const layout = (type: CType | undefined) =>
  (type as RecordType).members.map(({ name, offset, type: of }) => `${name} ${offset} ${typeText(of)}`);

describe('types of C by name', () => {
  const types = new TypeTable(undefined);
  test.each([
    ['unsigned long long', 8, false],
    ['long unsigned int', 8, false],
    ['const int', 4, true],
    ['__u16', 2, false],
    ['uint8_t', 1, false],
    ['uint32', 4, false],
    ['int64', 8, true],
    ['pid_t', 4, true],
    ['size_t', 8, false],
  ])('%s', (name, bytes, isSigned) => {
    expect(types.named(name)).toMatchObject({ kind: 'integer', bytes, isSigned });
  });

  test('is undefined for others', () => {
    expect(types.named('struct request')).toBeUndefined();
    expect(types.named('toString')).toBeUndefined();
  });
});

describe('definitions of a script', () => {
  test('have the offsets of C', () => {
    const { type } = defined(
      'struct x { char a; long b; int c[3]; struct x *next; union { int d; char e; }; u8 f; };',
      'struct x',
    );
    expect(layout(type)).toEqual([
      'a 0 char',
      'b 8 int64',
      'c 16 int32[3]',
      'next 32 struct x *',
      ' 40 union { … }',
      'f 44 uint8',
    ]);
    expect(sizeOf(type!)).toBe(48);
    expect(findMember(type as RecordType, 'e')).toMatchObject({ offset: 40 });
  });

  test('may nest', () => {
    const { type } = defined('struct x { struct { short a; short b } in; unsigned long c }', 'struct x');
    expect(layout(type)).toEqual(['in 0 struct { … }', 'c 8 uint64']);
  });

  test('have bitfields where compilers of C place them', () => {
    const { type } = defined(
      'struct x { short a:4, b:8, c:3, d:1; int e:9, f:15, g:1, h:2; int :0; char i:5; long j:60; }',
      'struct x',
    );
    const places = (type as RecordType).members.map(({ offset, bits }) => `${8 * offset + bits!.shift} ${bits!.width}`);
    expect(places).toEqual(['0 4', '4 8', '12 3', '15 1', '16 9', '32 15', '47 1', '48 2', '64 5', '128 60']);
    expect(sizeOf(type!)).toBe(24);
  });

  test('may be packed', () => {
    const sizes = ['', ' __attribute__((packed))', ' __attribute__((packed)) __attribute__((aligned(1)))'].map((end) =>
      sizeOf(defined(`struct x { int x; char y; int z; }${end}`, 'struct x').type!),
    );
    expect(sizes).toEqual([12, 9, 9]);
  });

  test('of enums count on', () => {
    const types = new TypeTable(undefined);
    defineType('enum color { RED, GREEN = 5, BLUE, }', types);
    expect(['RED', 'GREEN', 'BLUE'].map((name) => types.enumerator(name)?.value)).toEqual([0n, 5n, 6n]);
  });

  test.each([
    ['struct x { foo a; }', 'type "foo" is not known'],
    ['struct x { int a; int a; }', 'it has two members "a"'],
    ['struct x { int a : 33; }', 'bitfield "a" does not fit into its type'],
    ['struct x { int a; ', 'it ends too early'],
    ['struct x { int 7$; }', '"$" is not expected in a definition'],
    ['enum x { A = b }', '"b" is not a number'],
  ])('%s is refused', (text, problem) => {
    expect(defined(text, 'struct x').problem).toBe(problem);
  });
});

describe('the format of a tracepoint', () => {
  const format = `name: x
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:unsigned int fd;	offset:16;	size:8;	signed:0;
	field:const char * name;	offset:24;	size:8;	signed:0;
	field:char comm[16];	offset:32;	size:16;	signed:0;
	field:const char *const * argv;	offset:24;	size:8;	signed:0;
	field:unsigned long args[6];	offset:48;	size:48;	signed:0;
	field:__data_loc char[] file;	offset:96;	size:4;	signed:0;
	field:__rel_loc char[] text;	offset:100;	size:4;	signed:0;

print fmt: "%d", REC->fd
`;
  const record = readTracepointFormat(format, 'a:x', new TypeTable(undefined));

  test('gives fields their types and offsets', () => {
    expect(layout(record)).toEqual([
      'common_type 0 uint16',
      'common_pid 4 int32',
      'fd 16 uint64',
      'name 24 char *',
      'comm 32 char[16]',
      'argv 24 char * *',
      'args 48 uint64[6]',
      'file 96 char[0]',
      'text 100 char[0]',
    ]);
  });

  test('says where data lies that the record points to', () => {
    expect(findMember(record, 'file')?.located).toBe('record');
    expect(findMember(record, 'text')?.located).toBe('field');
  });
});
