import { describe, expect, it } from 'vitest';
import type { SantaError } from '../../../src/errors/fault.js';
import { parseScript } from '../../../src/script/syntax/parse.js';
import type { Expression, Statement } from '../../../src/script/syntax/tree.js';

/** A tree as text: operators in prefix form. */
function shown(node: unknown): string {
  const tree = node as Expression | Statement;
  switch (tree.kind) {
    case 'integer':
      return `${tree.value}${tree.isUnsigned ? 'u' : ''}`;
    case 'string':
      return JSON.stringify(tree.value);
    case 'boolean':
      return String(tree.value);
    case 'name':
      return tree.name;
    case 'positional':
      return `$${tree.index}`;
    case 'variable':
      return `$${tree.name}`;
    case 'map':
      return `@${tree.name}${tree.key === undefined ? '' : `[${tree.key.map(shown).join(' ')}]`}`;
    case 'unary':
      return `(${tree.operator} ${shown(tree.operand)})`;
    case 'increment':
      return tree.isPrefix ? `(${tree.operator}_ ${shown(tree.target)})` : `(_${tree.operator} ${shown(tree.target)})`;
    case 'binary':
      return `(${tree.operator} ${shown(tree.left)} ${shown(tree.right)})`;
    case 'conditional':
      return `(? ${shown(tree.condition)} ${shown(tree.then)} ${shown(tree.else)})`;
    case 'field':
      return `${shown(tree.object)}${tree.isArrow ? '->' : '.'}${tree.name}`;
    case 'index':
      return `${shown(tree.object)}[${shown(tree.index)}]`;
    case 'call':
      return `${tree.name}(${tree.arguments.map(shown).join(' ')})`;
    case 'cast':
      return `<${tree.type.name}${'*'.repeat(tree.type.pointers)}${tree.type.dimensions.map((size) => `[${size ?? ''}]`).join('')}>${shown(tree.operand)}`;
    case 'tuple':
      return `{${tree.elements.map((element, index) => (tree.names ? `${tree.names[index]}=` : '') + shown(element)).join(' ')}}`;
    case 'sizeof':
      return `sizeof(${tree.of.kind === 'type' ? tree.of.name : shown(tree.of)})`;
    case 'offsetof':
      return `offsetof(${tree.of.kind === 'type' ? tree.of.name : shown(tree.of)} ${tree.path.join('.')})`;
    case 'block expression':
      return `do(${tree.statements.map(shown).join('; ')}; ${shown(tree.value)})`;
    case 'block':
      return `[${tree.statements.map(shown).join('; ')}]`;
    case 'expression statement':
      return shown(tree.expression);
    case 'assignment':
      return `${shown(tree.target)} ${tree.operator} ${shown(tree.value)}`;
    case 'let':
      return `let $${tree.variable.name}${tree.type === undefined ? '' : `: ${tree.type.name}`}${tree.value === undefined ? '' : ` = ${shown(tree.value)}`}`;
    case 'if':
      return `if ${shown(tree.condition)} ${shown(tree.then)}${tree.else === undefined ? '' : ` else ${shown(tree.else)}`}`;
    case 'while':
      return `while ${shown(tree.condition)} ${shown(tree.body)}`;
    case 'for entries':
      return `for $${tree.variable.name} in ${shown(tree.map)} ${shown(tree.body)}`;
    case 'for range':
      return `for $${tree.variable.name} in ${shown(tree.from)}..${shown(tree.to)} ${shown(tree.body)}`;
    case 'unroll':
      return `unroll ${shown(tree.count)} ${shown(tree.body)}`;
    case 'return':
      return tree.value === undefined ? 'return' : `return ${shown(tree.value)}`;
    default:
      return tree.kind;
  }
}

const body = (statements: string) => shown(parseScript(`k:f { ${statements} }`, 'x.bt').probes[0]!.body).slice(1, -1);
const value = (expression: string) => body(`@ = ${expression};`).replace('@ = ', '');

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3', '(+ 1 (* 2 3))'],
    ['1 - 2 - 3', '(- (- 1 2) 3)'],
    ['8 / 4 / 2', '(/ (/ 8 4) 2)'],
    ['1 << 2 + 3', '(<< 1 (+ 2 3))'],
    ['1 < 2 == 3 > 4', '(== (< 1 2) (> 3 4))'],
    ['1 & 2 == 3', '(& 1 (== 2 3))'],
    ['1 | 2 ^ 3 & 4', '(| 1 (^ 2 (& 3 4)))'],
    ['1 || 2 && 3', '(|| 1 (&& 2 3))'],
    ['1 ? 2 : 3 ? 4 : 5', '(? 1 2 (? 3 4 5))'],
    ['!1 == 2', '(== (! 1) 2)'],
    ['-$a * ~$b', '(* (- $a) (~ $b))'],
    ['*$p + 1', '(+ (* $p) 1)'],
    ['&$a', '(& $a)'],
    ['$a++ + ++$b', '(+ (_++ $a) (++_ $b))'],
    ['@x--', '(_-- @x)'],
    ['@x[1, "a"] + 1', '(+ @x[1 "a"] 1)'],
    ['@x[(1, 2)]', '@x[{1 2}]'],
    ['args.filename', 'args.filename'],
    ['curtask->mm.start[3]->x', 'curtask->mm.start[3]->x'],
    ['(1, "a", (2, 3)).1', '{1 "a" {2 3}}.1'],
    ['(a=1, b=2)', '{a=1 b=2}'],
    ['((1))', '1'],
    ['(1,)', '{1}'],
    ['(uint8)$x + 1', '(+ <uint8>$x 1)'],
    ['(struct task_struct *)curtask', '<struct task_struct*>curtask'],
    ['((struct x*)$p)->y', '<struct x*>$p->y'],
    ['(pid_t)$x', '<pid_t>$x'],
    ['(int8[4])$x', '<int8[4]>$x'],
    ['(pid) + 1', '(+ pid 1)'],
    ['(pid) & 1', '(& pid 1)'],
    ['sizeof(struct x) + sizeof(uint32)', '(+ sizeof(struct x) sizeof(uint32))'],
    ['sizeof($a)', 'sizeof($a)'],
    ['offsetof(struct x, a.b[1])', 'offsetof(struct x a.b.[1])'],
    ['strncmp(comm, "sh", 2) == 0', '(== strncmp(comm "sh" 2) 0)'],
    ['{ let $a = 1; $a + 1 }', 'do(let $a = 1; (+ $a 1))'],
    ['if $a { 1 } else { 2 }', '(? $a 1 2)'],
    ['0x1F + 1_000 + 1e3 + 010', '(+ (+ (+ 31 1000) 1000) 8)'],
    ['1u + 2UL + 3ll', '(+ (+ 1u 2u) 3)'],
    ['5ms + 2s + 1us', '(+ (+ 5000000 2000000000) 1000)'],
    [String.raw`"a\n\"\x41\\"`, JSON.stringify('a\n"A\\')],
    ['$1 + $#', '(+ $1 $0)'],
    ['true ? "a" : "b"', '(? true "a" "b")'],
    ['1 /* two */ + // three\n 3', '(+ 1 3)'],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe('a statement', () => {
  it.each([
    ['$a = 1; $a <<= 2; @b[1] += 3', '$a = 1; $a <<= 2; @b[1] += 3'],
    ['let $a; let $b: uint64 = 1; let $c = 2', 'let $a; let $b: uint64 = 1; let $c = 2'],
    ['if ($a == 1) { @ = 1 } else if $b { } else { @ = 2; }', 'if (== $a 1) [@ = 1] else if $b [] else [@ = 2]'],
    ['while ($i < 3) { $i++; break; continue }', 'while (< $i 3) [(_++ $i); break; continue]'],
    ['for $kv : @map { print($kv.0); }', 'for $kv in @map [print($kv.0)]'],
    ['for ($i : 0..$n) { }', 'for $i in 0..$n []'],
    ['unroll (3) { @++ }', 'unroll 3 [(_++ @)]'],
    ['return; ', 'return'],
    ['{ @a = 1 } ; ; delete(@a); clear(@b)', '[@a = 1]; delete(@a); clear(@b)'],
  ])('%s', (text, expected) => {
    expect(body(text)).toBe(expected);
  });
});

describe('a probe', () => {
  it.each([
    ['tracepoint:syscalls:sys_enter_open* {}', [['tracepoint', 'syscalls', 'sys_enter_open*']]],
    [
      'kprobe:vfs_read, kretprobe:vfs_write,\nBEGIN\n{}',
      [['kprobe', 'vfs_read'], ['kretprobe', 'vfs_write'], ['begin']],
    ],
    ['uprobe:/bin/bash:readline /pid == 1/ {}', [['uprobe', '/bin/bash', 'readline']]],
    ['uprobe:"/a b/{x}":"std::sort" {}', [['uprobe', '/a b/{x}', 'std::sort']]],
    ['usdt:/usr/lib/libc.so:libc:setjmp{}', [['usdt', '/usr/lib/libc.so', 'libc', 'setjmp']]],
    ['interval:s:1 {}', [['interval', 's', '1']]],
    ['hardware:cache-misses:1000000{}', [['hardware', 'cache-misses', '1000000']]],
  ])('%s', (text, expected) => {
    const [probe] = parseScript(text, 'x.bt').probes;
    expect(probe!.points.map(({ provider, parts }) => [provider, ...parts])).toEqual(expected);
  });

  it('has a predicate, in which slashes divide', () => {
    const [probe] = parseScript('k:f / pid / 2 == 1 / { @ = 4 / 2 }', 'x.bt').probes;
    expect(shown(probe!.predicate)).toBe('(== (/ pid 2) 1)');
  });
});

describe('a script', () => {
  it('has settings, maps, structs and a line for the shell', () => {
    const script = parseScript(
      '#!/usr/bin/env bpftrace\nconfig = { max_map_keys = 10; missing_probes = "warn" stack_mode=raw }\nstruct x { int a; struct { int b; } c; };\nlet @a = lruhash(100);\nBEGIN { }',
      'x.bt',
    );
    expect(script.settings.map(({ name, value: set }) => [name, set])).toEqual([
      ['max_map_keys', 10n],
      ['missing_probes', 'warn'],
      ['stack_mode', 'raw'],
    ]);
    expect(script.definitions.map(({ text }) => text)).toEqual(['struct x { int a; struct { int b; } c; };']);
    expect(script.maps).toMatchObject([{ name: 'a', kind: 'lruhash', entries: 100n }]);
  });

  it('knows places', () => {
    const text = 'k:f { @a = comm; }';
    const { statements } = parseScript(text, 'x.bt').probes[0]!.body;
    const { place } = (statements[0] as Extract<Statement, { kind: 'assignment' }>).value;
    expect(text.slice(place.start, place.end)).toBe('comm');
  });

  it('leaves out what is not for kernels with BTF', () => {
    const text =
      '#ifndef BPFTRACE_HAVE_BTF\n#include <linux/sched.h>\n#else\n#define LIMIT 3 /* of them */\n#endif\nk:f { @ = LIMIT }';
    expect(shown(parseScript(text, 'x.bt').probes[0]!.body)).toBe('[@ = 3]');
  });

  it('expands macros without parameters, also without parentheses', () => {
    const text = 'macro two() { 2 }\nmacro three() { two + 1 }\nk:f { @ = three() }';
    expect(shown(parseScript(text, 'x.bt').probes[0]!.body)).toBe('[@ = do(; (+ do(; 2) 1))]');
  });

  it('expands macros, whose variables are their own', () => {
    const text = `
      #define TWO 2
      macro add(a, $b, @c) { let $x = a + TWO; @c = $x; $b += $x; $x }
      macro twice($v) { $v = add($v, $v, @m); }
      k:f { $x = 1; @ = add($x, $x, @n); twice($x); }`;
    expect(shown(parseScript(text, 'x.bt').probes[0]!.body)).toBe(
      '[$x = 1; @ = do(let $x#1 = (+ $x 2); @n = $x#1; $x += $x#1; $x#1); [$x = do(let $x#3 = (+ $x 2); @m = $x#3; $x += $x#3; $x#3)]]',
    );
  });
});

describe('a fault', () => {
  it.each([
    ['k:f { @a = ; }', 'Expected a value, not ";"', 12],
    ['k:f { @a = 1', 'Expected an operator or ";", not the end', 13],
    ['k:f { @a = 99999999999999999999 }', 'The number is larger than 64 bits', 12],
    ['k:f { let x = 1 }', 'Expected "$" or "(", not "x"', 11],
    ['k:f { printf("a" }', 'Expected an operator, "," or ")", not "}"', 18],
    ['k:f { @a[1 = 2 }', 'Expected an operator, "," or "]", not "="', 12],
    ['k:f { $x + 1 = 2 }', 'Only a variable ($x) or a map (@x) can be assigned to', 7],
    ['{ @ = 1 }', 'Expected a probe such as tracepoint:syscalls:sys_enter_openat { }, not "{"', 1],
    ['k:f', 'Expected ":", ",", "/" or "{", not the end', 4],
    ['k:f { @ = "a }', 'Expected a value, not "\\""', 11],
    [
      '#include <x.h>\nk:f {}',
      '#include is not supported: types come from the running kernel, without header files',
      1,
    ],
    ['#ifdef X\nk:f {}', '#ifdef without #endif', 1],
    ['macro m() { m() }\nk:f { @ = m() }', 'm expands to itself, or 32 levels deep', 11],
    ['macro m($a) { $a }\nk:f { @ = m(1) }', 'Argument a of macro m must be a variable', 13],
  ])('%s', (text, message, column) => {
    let received: SantaError | undefined;
    try {
      parseScript(text, 'x.bt');
    } catch (error) {
      received = error as SantaError;
    }
    expect(received).toMatchObject({ code: 'SCRIPT_SYNTAX', message, location: { file: 'x.bt', column } });
  });

  it.each([
    ['parentheses', `k:f { @ = ${'('.repeat(5000)}1${')'.repeat(5000)} }`],
    ['blocks', `k:f { ${'{'.repeat(5000)} @ = + ${'}'.repeat(5000)} }`],
    ['signs', `k:f { @ = ${'!'.repeat(100_000)}1 }`],
  ])('is quick where %s are deep', (_, text) => {
    expect(() => parseScript(text, 'x.bt')).toThrow(/nested/);
  });

  it('is quick where blocks are wrong', () => {
    expect(() => parseScript(`k:f { ${'{'.repeat(90)} @ = + ${'}'.repeat(90)} }`, 'x.bt')).toThrow(
      'Expected a value, not "}"',
    );
  });
});
