/** Variables of scripts: blocks, addresses, loops, and what reads aggregations. */
import { afterEach, describe, expect, test } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { encodeConstant } from '../../src/decode/constants.js';
import { compileScript } from '../../src/script/compile_script.js';
import { assemble } from '../../src/script/object/assemble.js';
import { parseScript } from '../../src/script/syntax/parse.js';
import { addon, callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { atCall, closeScripts, entries, kernel, key, padded, scalar, started } from '../harness/running_script.js';

afterEach(closeScripts);

/** Values of maps after one call. */
async function valuesOf(body: string, names: readonly string[], definitions = ''): Promise<bigint[]> {
  const object = await started(`${definitions}\n${atCall} { ${body} }`);
  callGetppid(1);
  return names.map((name) => scalar(object, name));
}

describe('a variable', needs({ root: true, bpf: true }), () => {
  test('belongs to the block that assigns it first', async () => {
    const body = `
      if (pid) { $x = 1; @a = $x; }
      if (pid) { let $x; if ($x) { $x = 5; } @b = $x + 10; }
      let $x; if (cpu > 9999) { $x = 3; } @c = $x + 20;
      $y = 1; if (pid) { $y = 7; } @d = $y;`;
    expect(await valuesOf(body, ['a', 'b', 'c', 'd'])).toEqual([1n, 10n, 20n, 7n]);
  });

  test('begins anew in each round of a loop that declares it', async () => {
    expect(await valuesOf('$i = 0; while ($i < 3) { let $n; $n += 1; @n = $n; $i++; } @i = $i;', ['n', 'i'])).toEqual([
      1n,
      3n,
    ]);
  });

  test('that is read outside of its block is one variable', async () => {
    expect(await valuesOf('if (pid) { $x = 4; } @x = $x;', ['x'])).toEqual([4n]);
  });

  test('has an address, by which later values are read', async () => {
    const body = `
      $a = 1; $b = &$a; $a = 5; @number = *$b;
      $t = "hello"; $c = (int8 *)&$t; @first = *$c; @second = *++$c;
      @tuple = (*(&$u)).1;`;
    expect(await valuesOf(`$u = (1, 9); ${body}`, ['number', 'first', 'second', 'tuple'])).toEqual([
      5n,
      104n,
      101n,
      9n,
    ]);
  });

  test('is the bytes of a struct by its address', async () => {
    const value = '$v = (uint64)0x0d; $f = *(struct bits *)(&$v); @low = $f.low; @high = $f.high;';
    const bits = 'struct bits { unsigned long long low:2; unsigned long long high:2; };';
    expect(await valuesOf(value, ['low', 'high'], bits)).toEqual([1n, 3n]);
  });
});

describe('a loop over numbers', needs({ root: true, bpf: true }), () => {
  test('ends at a value of a map that was read before', async () => {
    const body = '@a = 10; for ($i : 0..@a) { @n += 1; @a += 1; @last = $i; }';
    expect(await valuesOf(body, ['n', 'a', 'last'])).toEqual([10n, 20n, 9n]);
  });

  test('runs many times, shares variables, and stops at break', async () => {
    const body = `
      $sum = 0; $end = 100000; for ($i : 0..$end) { if ($i % 2 == 0) { continue; } if ($i > 50000) { break; } $sum += $i; }
      @sum = $sum;
      for ($i : -3..2) { @signed += $i + 10; }
      for ($i : 5..$sum - $sum) { @never++; } @never += 0;`;
    expect(await valuesOf(body, ['sum', 'signed', 'never'])).toEqual([625_000_000n, 45n, 0n]);
  });

  test('that never runs leaves its function out', async () => {
    expect(await valuesOf('$end = 0; @a = 1; for ($i : 1..$end) { @b++; } @b += 0;', ['a', 'b'])).toEqual([1n, 0n]);
  });

  test('ends the program at return', async () => {
    expect(
      await valuesOf('$n = pid - pid + 100; for ($i : 0..$n) { @a++; if ($i == 4) { return; } } @b = 1;', ['a']),
    ).toEqual([5n]);
  });
});

describe('aggregations', needs({ root: true, bpf: true }), () => {
  test('of stats() are read as a record', async () => {
    const body = '@s = stats(4); @s = stats(8); @count = @s.count; @mean = @s.average; @sum = @s.total;';
    expect(await valuesOf(body, ['count', 'mean', 'sum'])).toEqual([2n, 6n, 12n]);
  });

  test('may be the value of a block', async () => {
    const body = '@s = { let $a = 100; sum($a + 1) }; @x = @s;';
    expect(await valuesOf(body, ['x'])).toEqual([101n]);
  });
});

describe('values', needs({ root: true, bpf: true }), () => {
  test('of records are found by name', async () => {
    const body = '$a = (foo=1, bar=2); $a = (bar=10, foo=20); @foo = $a.foo; @bar = $a.bar;';
    expect(await valuesOf(body, ['foo', 'bar'])).toEqual([20n, 10n]);
  });

  test('of sizeof are those of bpftrace', async () => {
    const body = `$one = 1; @one = sizeof($one); @large = sizeof(70000); @enum = sizeof(TCP_ESTABLISHED);
      $t = ((int8)-100, (int8)100, "abcdef", 3, (int32)1, (int64)-10, (int8)10, (int16)-555, "abc"); @tuple = sizeof($t);`;
    expect(await valuesOf(body, ['one', 'large', 'enum', 'tuple'])).toEqual([1n, 4n, 8n, 32n]);
  });

  test('of full arrays of characters have their last one', async () => {
    const text = 'struct s { char t[5]; } struct w { char t[8]; }';
    const object = await started(
      `${text} ${atCall} { $v = (uint64)0x6867666564636261; @[((struct s *)&$v)->t, ((struct w *)&$v)->t] = 1; }`,
    );
    callGetppid(1);
    expect(await entries(object, 'script')).toEqual(new Map([[key(padded('abcde', 8), padded('abcdefgh', 16)), [1n]]]));
  });

  test('of elapsed count from the time that the loader sets', async () => {
    const text = `${atCall} { @ = elapsed; }`;
    const { object: code } = compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'x', kernel });
    const object = new addon.BpfObject(assemble(code), { name: 'script' });
    try {
      const now = process.hrtime.bigint();
      const { map, offset, bytes } = encodeConstant(parseBtf(object.btf()!), 'nanoseconds_at_load', now);
      object.setInitialValue(map, offset, bytes);
      await object.load();
      for (const { name } of object.programs()) object.attach(name);
      callGetppid(1);
      expect(scalar(object, 'script')).toBeGreaterThan(0n);
      expect(scalar(object, 'script')).toBeLessThan(process.hrtime.bigint() - now);
    } finally {
      object.close();
    }
  });

  test('of macros are by the number of arguments, and types are arguments', async () => {
    const macros = `macro cpu(x) { x + 1 } macro add(x) { let $y: typeof(x); if (true) { $y = 1 } x + $y }
      macro sof(a, b) { sizeof(a[2]) + sizeof(b*) + sizeof(b) } struct Foo { char m; }`;
    const body =
      '@own = cpu(4); @builtin = cpu() < ncpus; @add = add(1); @size = sof(typeof(uint64*), typeof(struct Foo));';
    expect(await valuesOf(body, ['own', 'builtin', 'add', 'size'], macros)).toEqual([5n, 1n, 2n, 25n]);
  });

  test('of begin: the exporter runs it, and no event has led to it', async () => {
    const object = await started(
      'begin { @mode = usermode; @[kstack(raw, 2)] = 1; @special = probetype == "special"; }',
    );
    for (const { name } of object.programs()) await object.attach(name).iterate();
    expect(await entries(object, 'script')).toEqual(new Map([['\0'.repeat(16), [1n]]]));
    expect([scalar(object, 'mode'), scalar(object, 'special')]).toEqual([1n, 1n]);
  });
});
