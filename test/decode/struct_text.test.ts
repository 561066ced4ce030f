import { expect, test } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import type { RecordLayout } from '../../src/decode/layout.js';
import { structOfText } from '../../src/decode/struct_text.js';
import { BtfBuilder } from './btf_builder.js';

function btf() {
  const types = new BtfBuilder();
  const u64 = types.int('unsigned long long', 8);
  types.struct('pair', 16, [
    ['first', u64, 0],
    ['second', u64, 64],
  ]);
  return parseBtf(types.bytes());
}

const read = (text: string) => structOfText(btf(), text);

/** Offset and size by name. */
function places(text: string): Record<string, [number, number]> {
  const { fields } = read(text) as RecordLayout;
  return Object.fromEntries(fields.map(({ name, offset, layout }) => [name, [offset, layout.size]]));
}

test('members lie where the compiler puts them', () => {
  const text = `struct {
    __u64 ts; pid_t pid; uid_t uid;
    int ret; char comm[16]; __be16 port;
    unsigned __int128 address; const char *name; bool done; u16 lengths[3][2]; enum op op; struct pair pair;
  }`;
  expect(places(text)).toEqual({
    ts: [0, 8],
    pid: [8, 4],
    uid: [12, 4],
    ret: [16, 4],
    comm: [20, 16],
    port: [36, 2],
    address: [48, 16],
    name: [64, 8],
    done: [72, 1],
    lengths: [74, 12],
    op: [88, 4],
    pair: [96, 16],
  });
  expect(read(text)).toMatchObject({ kind: 'struct', size: 112 });
});

test('members of a packed struct follow each other', () => {
  const text = 'struct { u8 kind; u64 id; char name[3]; u16 port; } __attribute__((packed))';
  expect(places(text)).toEqual({ kind: [0, 1], id: [1, 8], name: [9, 3], port: [12, 2] });
  expect(read(text)).toMatchObject({ size: 14 });
});

test('the last member may be an array without a length', () => {
  expect(places('struct { u32 id; char text[]; }')).toEqual({ id: [0, 4], text: [4, 0] });
  expect(places('struct { u32 id; u16 pairs[ ][2]; }')).toEqual({ id: [0, 4], pairs: [4, 0] });
  expect(read('struct { char text[]; u32 id; }')).toEqual({
    member: 'char text[]',
    problem: 'only the last member can be an array without a length',
  });
});

test('types have the signs and encodings of C', () => {
  expect(read('struct { int a; unsigned b; char c[4]; __be32 d; s64 e; }')).toMatchObject({
    fields: [
      { layout: { kind: 'integer', size: 4, signed: true } },
      { layout: { kind: 'integer', size: 4, signed: false } },
      { layout: { kind: 'array', type: 'char[4]', element: { encoding: 'char' } } },
      { layout: { network: true } },
      { layout: { size: 8, signed: true } },
    ],
  });
});

test.each([
  ['struct { }', ' }', 'it has no members'],
  ['struct { foo_t a; }', 'foo_t a', 'type "foo_t" is not known'],
  ['struct { int a, b; }', 'int a, b', 'it is not a type, a name and lengths of arrays in numbers'],
  ['struct { char a[LEN]; }', 'char a[LEN]', 'it is not a type, a name and lengths of arrays in numbers'],
  ['struct { int; }', 'int', 'it is not a type, a name and lengths of arrays in numbers'],
  ['struct { int a; int a; }', 'int a', 'its name is taken by another member'],
  ['struct { char a[99999999]; }', 'char a[99999999]', 'it ends beyond 1048576 bytes'],
  ['struct { int toString; constructor b; }', 'constructor b', 'type "constructor" is not known'],
])('says what is wrong with %s', (text, member, problem) => {
  const read = structOfText(btf(), text);
  expect(read).toMatchObject({ problem });
  if (!text.includes('{ }')) expect(read).toMatchObject({ member });
});
