/** Functions and types of scripts: the values that bpftrace would have. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { atCall, closeScripts, entries, key, padded, scalar, started } from '../harness/running_script.js';

afterEach(closeScripts);

/** Of a function of the kernel. */
function addressOf(name: string): bigint {
  const [, address] = new RegExp(`^([\\da-f]+) . ${name}$`, 'm').exec(readFileSync('/proc/kallsyms', 'latin1'))!;
  return BigInt.asIntN(64, BigInt(`0x${address}`));
}

describe('the functions of a script', needs({ root: true, bpf: true }), () => {
  test('give what bpftrace gives', async () => {
    const expected: Readonly<Record<string, bigint>> = {
      'strlen("hello")': 5n,
      'strlen("")': 0n,
      'strlen(comm) == strlen(str(curtask->comm))': 1n,
      'strstr("a needle in a haystack", "needle")': 2n,
      'strstr("abc", "abcd")': -1n,
      'strstr("abc", "")': 0n,
      'strstr("aab", "ab")': 1n,
      'strcontains("haystack", "stack")': 1n,
      'strcontains("haystack", "stacks")': 0n,
      'strcontains(comm, comm)': 1n,
      '"abc"[1]': 98n,
      '"abc"[99]': 0n,
      'comm[pid - pid] == str(curtask->comm)[0]': 1n,
      '(1, "two", 3)[2]': 3n,
      'pton("127.0.0.1")[0]': 127n,
      '(uint32)pton("127.0.0.1")': 0x0100007fn,
      'pton("::1")[15] + pton("fe80::1:2")[0]': 255n,
      'EPERM + SIGKILL + AF_INET6': 20n,
      'is_str(comm) + is_ptr(curtask) + is_integer(pid) + is_literal(1) + is_str(1)': 4n,
      'is_err(curtask)': 0n,
      'is_err((uint8*)0xfffffffffffffff0)': 1n,
      'sizeof(typeof(pid))': 4n,
      '(typeof((uint8)1))0x1ff': 255n,
      'sizeof(pid)': 4n,
      'container_of(&curtask->tasks, struct task_struct, tasks) == curtask': 1n,
      'leader_tid == pid': 1n,
      'leader_tid(curtask) == curtask->tgid': 1n,
      'ppid(curtask)': BigInt(process.ppid),
      'leader_comm == str(curtask->group_leader->comm)': 1n,
      'pcomm == str(curtask->real_parent->comm)': 1n,
      'ncpus() == ncpus': 1n,
      '__builtin_cpu < ncpus': 1n,
      'kaddr("__x64_sys_getppid")': addressOf('__x64_sys_getppid'),
      '*kaddr("do_exit") == *kptr((uint64 *)kaddr("do_exit"))': 1n,
      '*(kaddr("do_exit") + 4) >> 32 == *(uint32 *)(kaddr("do_exit") + 8)': 1n,
    };
    const names = Object.keys(expected).map((expression, index) => [`v${index}`, expression] as const);
    const object = await started(`${atCall} { ${names.map(([name, text]) => `@${name} = ${text};`).join('\n')} }`);
    callGetppid(1);
    expect(Object.fromEntries(names.map(([name, text]) => [text, scalar(object, name)]))).toEqual(expected);
  });

  test('find entries', async () => {
    const object = await started(`${atCall} {
      @m["a"] = 7; $v = 1; $t = "";
      @found = find(@m, "a", $v); @value = $v; @missing = find(@m, "b", $v); @kept = $v;
      @text[1] = "stored"; if (find(@text, 1, $t)) { @texts[$t] = count(); }
    }`);
    callGetppid(1);
    expect(['found', 'value', 'missing', 'kept'].map((name) => scalar(object, name))).toEqual([1n, 7n, 0n, 7n]);
    expect([...(await entries(object, 'texts')).keys()]).toEqual([padded('stored', 8)]);
  });

  test('happen in what is not printed', async () => {
    const object = await started(`${atCall} {
      @m[1] = 5; printf("%d %d", @n++, delete(@m, 1)); print({ @s += 2; 1 }); @left = has_key(@m, 1);
    }`);
    callGetppid(3);
    expect(['n', 's', 'left'].map((name) => scalar(object, name))).toEqual([3n, 6n, 0n]);
  });

  test('names of enums that the script defines', async () => {
    const object = await started(`enum color { RED, GREEN = 5, BLUE } ${atCall} { @[BLUE] = count(); @g = GREEN; }`);
    callGetppid(1);
    expect(scalar(object, 'g')).toBe(5n);
    expect(await entries(object, 'script')).toEqual(new Map([[key(6), [1n]]]));
  });
});

describe('structs and arrays', needs({ root: true, bpf: true }), () => {
  test('are values, keys and parts of tuples', async () => {
    const object = await started(`struct words { uint32 first; uint16 rest[3]; } ${atCall} {
      @zero = 0; $w = (struct words *)curtask->comm;
      @whole = *$w; @rest[1] = $w->rest; @first = @whole.first; @second = @rest[1][1]; @third = @rest[1][@zero + 2];
      $t = (1, *$w); @of_tuple = $t.1.first; @same = *$w == @whole; @different = $w->rest != @rest[1];
      @by[*$w] = count(); @by_array[$w->rest, 1] = count();
      $copy = @whole; @of_copy = $copy.rest[0]; @end = $w->rest[0];
    }`);
    callGetppid(2);
    const command = Buffer.from(padded(readFileSync('/proc/self/comm', 'utf8').trim(), 16));
    const first = BigInt(command.readUInt32LE(0));
    const rest = [4, 6, 8].map((at) => BigInt(command.readUInt16LE(at)));
    const names = ['first', 'second', 'third', 'of_tuple', 'same', 'different', 'of_copy', 'end'];
    expect(Object.fromEntries(names.map((name) => [name, scalar(object, name)]))).toEqual({
      first,
      second: rest[1],
      third: rest[2],
      of_tuple: first,
      same: 1n,
      different: 0n,
      of_copy: rest[0],
      end: rest[0],
    });
    expect([...(await entries(object, 'by')).values()]).toEqual([[2n]]);
    expect([...(await entries(object, 'by_array')).values()]).toEqual([[2n]]);
  });
});
