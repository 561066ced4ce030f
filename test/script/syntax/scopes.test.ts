import { expect, test } from 'vitest';
import { parseScript } from '../../../src/script/syntax/parse.js';
import { rewritten } from '../../../src/script/syntax/rewriting.js';
import { withScopes, writtenName } from '../../../src/script/syntax/scopes.js';
import { printScript } from './script_text.js';

/** The body after blocks have got names of their own. */
function body(statements: string): string {
  const script = withScopes(parseScript(`begin { ${statements} }`, 'x.bt'));
  const printable = rewritten(script.probes, (node) => {
    const { name } = node as unknown as { name: string };
    return node.kind === 'variable' ? { ...node, name: name.replace("'", '_') } : node;
  });
  return printScript({ ...script, probes: printable })
    .trim()
    .slice('begin { '.length, -2);
}

test.each([
  ['a name of one block stays', '$x = 1; if (1) { $x = 2; }', '$x = 1; if (1) { $x = 2; }'],
  ['two blocks have two', 'if (1) { $x = 1; } if (2) { $x = 2; }', 'if (1) { $x = 1; } if (2) { $x_2 = 2; }'],
  ['let begins another one', '$x = 1; if (1) { let $x = 2; @ = $x; }', '$x = 1; if (1) { let $x_2 = 2; @ = $x_2; }'],
  ['the value is computed before', '$x = 1; if (1) { let $x = $x; }', '$x = 1; if (1) { let $x_2 = $x; }'],
  ['a loop has its own', '$i = 9; for ($i : 0..2) { @ = $i; }', '$i = 9; for $i_2 : 0 .. 2 { @ = $i_2; }'],
  [
    'a value without a block is the whole probe',
    'if (1) { $x = 1; } if (2) { $x = 2; } @ = $x;',
    'if (1) { $x = 1; } if (2) { $x = 2; } @ = $x;',
  ],
  [
    'block expressions are blocks',
    '@ = { $a = 1; $a }; @b = { $a = 2; $a };',
    '@ = { $a = 1; ($a) }; @b = { $a_2 = 2; ($a_2) };',
  ],
])('%s', (_, statements, expected) => {
  expect(body(statements)).toBe(expected);
});

test('names are shown as they were written', () => {
  expect([writtenName("x'2"), writtenName("x#1'3"), writtenName('x')]).toEqual(['x', 'x', 'x']);
});
