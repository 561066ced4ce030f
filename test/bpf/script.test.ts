/** Scripts that run on this kernel: the values in their maps are what bpftrace would have there. */
import { afterEach, describe, expect, test } from 'vitest';
import { boundsOf } from '../../src/script/generate/histogram_slots.js';
import { callGetppid, getppid, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { atCall, closeScripts, entries, key, padded, scalar, started, words } from '../harness/running_script.js';

afterEach(closeScripts);

describe('scripts on this kernel', needs({ root: true, bpf: true }), () => {
  test('count exactly', async () => {
    const object = await started(`${atCall} { @[args.id] = count(); @n++; @s = sum(2); @a = avg(10); }`);
    callGetppid(100);
    expect(await entries(object, 'script')).toEqual(new Map([[key(getppid), [100n]]]));
    expect(scalar(object, 'n')).toBe(100n);
    expect(scalar(object, 's')).toBe(200n);
    expect(words(object.map('a').lookup(u32(0))!, 16)).toEqual([1000n, 100n]);
  });

  test.each<[string, bigint]>([
    ['1 + 2 * 3', 7n],
    ['7 / 2', 3n],
    ['7 % 4', 3n],
    ['(uint64)7 / 0', 1n],
    ['7 % (args.id - args.id)', 1n],
    ['-1 >> 60', -1n],
    ['-7 / 2', -3n],
    ['strncmp("abc", "abd", 3)', 1n],
    ['((int8[8])12345)[0]', 57n],
    ['0 ?: 20', 20n],
    ['(nsecs ? (1, "a") : (2, "abc")).0', 1n],
    ['nsecs ? (uint8)200 : (int8)1', 200n],
    ['1 << 4 | 3', 19n],
    ['~(int64)0', -1n],
    ['6 & 3 ^ 8', 10n],
    ['(int8)200', -56n],
    ['(uint8)300', 44n],
    ['(uint16)-1', 65535n],
    ['(int32)0xffffffff', -1n],
    ['-3 < 2', 1n],
    ['(uint64)-3 < 2', 0n],
    ['comm == "nope"', 0n],
    ['strncmp("abcdef", "abcxyz", 3) == 0', 1n],
    ['strncmp("abcdef", "abcxyz", 4) == 0', 0n],
    ['"abc" == "abcd"', 0n],
    ['"abcdefgh" == "abcdefgh"', 1n],
    ['1 ? 5 : 6', 5n],
    ['!5', 0n],
    ['1 && 0 || 1', 1n],
    ['sizeof(uint32)', 4n],
    ['sizeof(struct foo)', 16n],
    ['offsetof(struct foo, b)', 8n],
    ['bswap((uint16)0x1234)', 0x3412n],
    ['TCP_ESTABLISHED + 1', 2n],
    ['(1, 2).1', 2n],
    ['pid', BigInt(process.pid)],
    ['ppid', BigInt(process.ppid)],
    ['curtask->tgid', BigInt(process.pid)],
    ['((struct task_struct *)curtask).group_leader->pid', BigInt(process.pid)],
    ['args.id', BigInt(getppid)],
    ['arg1', BigInt(getppid)],
    ['uid', 0n],
    ['cpu < ncpus', 1n],
    ['nsecs > 0', 1n],
  ])('%s is %s', async (expression, value) => {
    const object = await started(`struct foo { int a; long b; } ${atCall} { @ = ${expression}; }`);
    callGetppid(1);
    expect(scalar(object, 'script')).toBe(value);
  });

  test('have variables, conditions and loops', async () => {
    const object = await started(`${atCall} {
      $sum = 0; $i = 0;
      while ($i < 10) { $i++; if ($i == 3) { continue; } if ($i > 8) { break; } $sum += $i; }
      for $j : 0..4 { $sum += $j * 100; }
      unroll(3) { $sum += 1000; }
      let $small : uint8 = 250; $small += 10;
      @sum = $sum; @small = $small;
      if ($sum > 5000) { @large = 1 } else if ($sum == 0) { @none = 1 } else { @small_sum = 1 }
      return; @never = 1;
    }`);
    callGetppid(1);
    expect(scalar(object, 'sum')).toBe(1n + 2n + 4n + 5n + 6n + 7n + 8n + 600n + 3000n);
    expect(scalar(object, 'small')).toBe(4n);
    expect(['large', 'none', 'small_sum', 'never'].map((name) => scalar(object, name))).toEqual([0n, 0n, 1n, 0n]);
  });

  test('count up what they delete', async () => {
    const object = await started(
      `${atCall} { @m[pid]++; @m[pid] += 2; @left = @m[pid]; delete(@m[pid]); @p = (int32 *)0x32; @p++; @p += 6; }`,
    );
    callGetppid(3);
    expect(scalar(object, 'left')).toBe(3n);
    expect(scalar(object, 'p')).toBe(0x32n + 4n * 7n);
    expect((await entries(object, 'm')).size).toBe(0);
  });

  test('have bytes of texts, and own bitfields', async () => {
    const object = await started(`struct bits { unsigned int a:4, b:8, c:3 } ${atCall} {
      @b[buf("ok_value", 8)] = count(); @c[buf(comm, 3)] = count(); @size = sizeof(struct bits);
    }`);
    callGetppid(1);
    expect([...(await entries(object, 'b')).keys()]).toEqual(['ok_value']);
    const [cut] = await entries(object, 'c');
    expect(cut![0].slice(3)).toBe('\0'.repeat(5));
    expect(scalar(object, 'size')).toBe(4n);
  });

  test('have texts, tuples and several parts as keys', async () => {
    const object = await started(`${atCall} {
      $t = (pid, "two");
      @k["a text", pid] = count(); @t[$t] = count(); @e["x" == "x" ? "yes" : "no"] = count();
      @m[tid] = "stored"; @copy[@m[tid]] = count(); delete(@m[tid]); @left = has_key(@m, tid);
      @pcomm[pcomm] = count(); @task[str(curtask->group_leader->comm)] = count();
    }`);
    callGetppid(5);
    expect(await entries(object, 'k')).toEqual(new Map([[padded('a text', 8) + key(process.pid), [5n]]]));
    expect(await entries(object, 't')).toEqual(new Map([[key(process.pid) + padded('two', 8), [5n]]]));
    expect(await entries(object, 'e')).toEqual(new Map([[padded('yes', 8), [5n]]]));
    expect(await entries(object, 'copy')).toEqual(new Map([[padded('stored', 8), [5n]]]));
    expect((await entries(object, 'm')).size).toBe(0);
    expect(scalar(object, 'left')).toBe(0n);
    const [[process_] = []] = await entries(object, 'pcomm');
    expect([...(await entries(object, 'task')).keys()]).toEqual([process_]);
  });

  test('have histograms with the intervals of bpftrace', async () => {
    const object = await started(`${atCall} {
      @n++; $v = @n == 1 ? -7 : (@n == 2 ? 0 : 1 << (@n - 3));
      @h = hist($v); @two = hist(100, 2); @l = lhist(@n * 10, 0, 50, 20); @min = min($v); @max = max($v);
    }`);
    callGetppid(12);
    const slots = (name: string) => words(object.map(name).lookup(u32(0))!, object.map(name).valueSize).slice(1);
    expect(slots('h').slice(0, 13)).toEqual([1n, 1n, ...Array.from({ length: 10 }, () => 1n), 0n]);
    const bounds = boundsOf({ kind: 'hist', bits: 2 });
    expect(slots('two').indexOf(12n)).toBe(bounds.findIndex((bound) => bound >= 100));
    expect(slots('l')).toEqual([0n, 1n, 2n, 1n, 8n]);
  });

  test('send what does not fit to the companion', async () => {
    const object = await started(`config = { max_map_keys = 2 } ${atCall} { @n++; @k[@n] = count(); @p[@n] = @n; }`);
    callGetppid(10);
    const known = await entries(object, 'k');
    const [value, lost] = words(object.map('k_other').lookup(u32(0))!, 16);
    expect(known.size + Number(value)).toBe(10);
    expect(lost).toBe(value);
    expect(lost).toBeGreaterThan(0n);
    expect(words(object.map('p_other').lookup(u32(0))!, 16)[1]).toBeGreaterThan(0n);
  });
});
