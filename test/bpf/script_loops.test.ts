/** Loops over maps, and aggregations that a script reads. */
import { afterEach, describe, expect, test } from 'vitest';
import { callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { atCall, closeScripts, entries, key, padded, scalar, started } from '../harness/running_script.js';

afterEach(closeScripts);

describe('a loop over a map', needs({ root: true, bpf: true }), () => {
  test('sees each key and value', async () => {
    const object = await started(`${atCall} {
      @m[1] = 10; @m[2] = 20; @m[7] = 70; $keys = 0; $values = 0; $unchanged = 5;
      for ($kv : @m) { $keys += $kv.0; $values += $kv.1; @copy[$kv.0] = $kv.1 + $unchanged; }
      @keys = $keys; @values = $values; @length = len(@m);
    }`);
    callGetppid(1);
    expect(['keys', 'values', 'length'].map((name) => scalar(object, name))).toEqual([10n, 100n, 3n]);
    expect(await entries(object, 'copy')).toEqual(
      new Map([
        [key(1), [15n]],
        [key(2), [25n]],
        [key(7), [75n]],
      ]),
    );
  });

  test('has keys of several parts, texts, and the whole entry as a tuple', async () => {
    const object = await started(`${atCall} {
      $text = "outside"; @m["one", 5] = "value";
      for ($kv : @m) {
        @name[$kv.0.0, $kv.0.1, $kv.1] = count(); @outer[$text] = count(); $text = "changed inside";
        $whole = $kv; @whole[$whole.1] = count(); @tuple[$kv.0] = count();
      }
      @after[$text] = count();
    }`);
    callGetppid(2);
    expect(await entries(object, 'name')).toEqual(new Map([[padded('one', 8) + key(5) + padded('value', 8), [2n]]]));
    expect([...(await entries(object, 'outer')).values()]).toEqual([[2n]]);
    expect(await entries(object, 'whole')).toEqual(new Map([[padded('value', 8), [2n]]]));
    expect(await entries(object, 'tuple')).toEqual(new Map([[padded('one', 8) + key(5), [2n]]]));
    expect([...(await entries(object, 'after')).keys()][0]).toContain('changed inside');
  });

  test('can go on, end, and leave the probe', async () => {
    const object = await started(`${atCall} {
      @m[1] = 1; @m[2] = 1; @m[3] = 1; $rounds = 0; $odd = 0;
      for ($kv : @m) { $rounds++; if ($rounds == 2) { break; } }
      for ($kv : @m) { if ($kv.0 % 2 == 0) { continue; } $odd++; }
      @rounds = $rounds; @odd = $odd;
      for ($kv : @m) { if ($kv.0 == 9) { return; } }
      @before = 1;
      for ($kv : @m) { if ($kv.0 == 2) { return; } }
      @never = 1;
    }`);
    callGetppid(1);
    expect(['rounds', 'odd', 'before', 'never'].map((name) => scalar(object, name))).toEqual([2n, 2n, 1n, 0n]);
  });

  test('can be in a loop, and may delete entries', async () => {
    const object = await started(`${atCall} {
      @a[1] = 1; @a[2] = 2; @b[10] = 1; @b[20] = 2; $sum = 0; @old[5] = 1;
      for ($x : @a) { for ($y : @b) { $sum += $x.0 * $y.0 + $y.1; } }
      for ($x : @old) { delete(@old, $x.0); }
      for ($i : 0..3) { for ($x : @a) { @n++; } }
      @sum = $sum; @left = has_key(@old, 5); @args[args.id] = 1;
      for ($x : @a) { @context = args.id; }
    }`);
    callGetppid(1);
    expect(scalar(object, 'sum')).toBe(96n);
    expect(scalar(object, 'left')).toBe(0n);
    expect(scalar(object, 'n')).toBe(6n);
    expect(scalar(object, 'context')).toBe(110n);
  });

  test('adds up what all CPUs have counted', async () => {
    const object = await started(`${atCall} {
      @c["a"] = count(); @s["a"] = sum(-3); @low[1] = min(@n); @high[1] = max(@n); @mean[1] = avg(@n * -2); @n++;
      for ($kv : @c) { @count = $kv.1; } for ($kv : @s) { @sum = $kv.1; }
      for ($kv : @low) { @min = $kv.1; } for ($kv : @high) { @max = $kv.1; } for ($kv : @mean) { @avg = $kv.1; }
      @all = count(); if (@all > 5) { @more++; } @cast = (int64)@all;
    }`);
    callGetppid(9);
    expect(['count', 'sum', 'min', 'max', 'avg', 'more', 'cast'].map((name) => scalar(object, name))).toEqual([
      9n,
      -27n,
      0n,
      8n,
      -8n,
      4n,
      9n,
    ]);
  });
});
