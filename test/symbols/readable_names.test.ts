import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { namesOf, Programs } from './programs.js';

const programs = new Programs();
afterAll(() => programs.close());

const long = `_ZN${'9namespace'.repeat(60)}1fEv`;

const cases: readonly (readonly [symbol: string, shown: string])[] = [
  ['plain_c', 'plain_c'],
  ['plain_c.isra.0', 'plain_c.isra.0'],
  ['_ZN3Foo3barEi', 'Foo::bar'],
  ['_ZNK3Foo3barEv', 'Foo::bar'],
  ['_ZN3Foo3barEi.cold', 'Foo::bar'],
  ['_ZN3FooclEi', 'Foo::operator()'],
  ['_ZN12_GLOBAL__N_11fEv', '(anonymous namespace)::f'],
  ['_Z1fIiEvT_', 'void f<int>'],
  ['_Z1fPFivE', 'f'],
  ['_ZZ4mainENKUlvE_clEv', 'main::{lambda()#1}::operator()'],
  ['_ZTv0_n24_N3Foo3barEv', 'virtual thunk to Foo::bar'],
  ['_ZN4core3fmt5write17h0123456789abcdefE', 'core::fmt::write'],
  ['_RNvC4main3run', '_RNvC4main3run'],
  ['_Znot_mangled', '_Znot_mangled'],
  ['_Z', '_Z'],
  [long, `${'namespace::'.repeat(24).slice(0, 255)}…`],
];

test('names are shown as people write them', needs({ commands: ['gcc'] }), async () => {
  const source = join(programs.folder, 'labels.c');
  const declared = cases.map(
    ([symbol], i) => `int f${i}(int n) __asm__("${symbol}"); int f${i}(int n) { return n + ${i}; }`,
  );
  const printed = cases.map((_, i) => `printf("f${i} %p\\n", (void *)f${i});`);
  writeFileSync(
    source,
    `#include <stdio.h>\n#include <unistd.h>\n${declared.join('\n')}
int main(void) { ${printed.join(' ')} puts("ready 0"); fflush(stdout); pause(); return 0; }`,
  );
  const path = join(programs.folder, 'labels');
  execFileSync('gcc', ['-O0', '-o', path, source]);
  const { pid, address } = await programs.start(path);
  const names = await namesOf(
    programs.symbolizer(),
    pid,
    cases.map((_, i) => address(`f${i}`)),
  );
  expect(names.map((name, i) => [cases[i]![0], name])).toEqual(cases);
});
