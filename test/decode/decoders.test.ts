import { mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import { compileChain } from '../../src/decode/chain.js';
import { ExpiringCache } from '../../src/decode/decoders/expiring_cache.js';
import { findSymbols } from '../../src/decode/decoders/kernel_symbols.js';
import type { Layout } from '../../src/decode/layout.js';
import { FakeContext } from './probe_context.js';

let context: FakeContext;
beforeEach(() => {
  context = new FakeContext();
});
afterEach(() => {
  context.remove();
});

function integer(
  size: 1 | 2 | 4 | 8,
  signed = false,
  extra: Partial<Extract<Layout, { kind: 'integer' }>> = {},
): Layout {
  return { kind: 'integer', type: 'int', size, signed, encoding: 'number', network: false, ...extra };
}
const u8 = integer(1);
const u16 = integer(2);
const u32 = integer(4);
const u64 = integer(8);
const s32 = integer(4, true);
const s64 = integer(8, true);
const flag = integer(1, false, { encoding: 'bool' });
const be16 = integer(2, false, { network: true, type: '__be16' });
const be32 = integer(4, false, { network: true, type: '__be32' });
const pointer: Layout = { kind: 'pointer', type: 'pointer', size: 8 };
const array = (element: Layout, count: number): Layout => ({
  kind: 'array',
  type: `${element.type}[${count}]`,
  size: element.size * count,
  element,
  count,
});
const chars = (count: number) => array(integer(1, true, { encoding: 'char', type: 'char' }), count);
const bytes16 = array(u8, 16);
const address: Layout = { kind: 'struct', type: 'struct in6_addr', size: 16, fields: [] };
const wide: Layout = { kind: 'opaque', type: '__int128', size: 16, what: 'a 16-byte integer' };
const operations: Layout = {
  kind: 'enum',
  type: 'enum operation',
  size: 4,
  signed: true,
  names: new Map([
    [0, 'READ'],
    [-1, 'NONE'],
  ]),
};

/** Little-endian bytes of an integer, as on every machine these tests run on. */
function le(value: number | bigint, size: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: size }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
}

function text(value: string | readonly number[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(typeof value === 'string' ? Buffer.from(value) : value);
  return bytes;
}

/** Decodes a field that lies behind three other bytes. */
function decode(
  layout: Layout,
  bytes: Uint8Array,
  specs?: readonly (DecoderSpec | DecoderSpec['kind'])[],
): string | undefined {
  const chain = specs?.map((spec) => (typeof spec === 'string' ? ({ kind: spec } as DecoderSpec) : spec));
  const selected = { title: 'field "f" of the key of map "m"', layout, offset: 3 };
  const compiled = compileChain('label', selected, 3 + layout.size, chain, context, () => undefined);
  return compiled.decode(Uint8Array.from([0xaa, 0xaa, 0xaa, ...bytes]));
}

describe('integers', () => {
  it.each<[string, Layout, number | bigint, DecoderSpec['kind'] | undefined, string]>([
    ['an unsigned integer', u32, 4294967295, undefined, '4294967295'],
    ['a signed integer', s32, -5, undefined, '-5'],
    ['all 64 bits, exactly', u64, 2n ** 64n - 1n, undefined, '18446744073709551615'],
    ['just above 2^53, exactly', u64, 2n ** 53n + 1n, undefined, '9007199254740993'],
    ['the least', s64, -(2n ** 63n), undefined, '-9223372036854775808'],
    ['signed bits as unsigned', s32, -1, 'uint', '4294967295'],
    ['unsigned bits as signed', u64, 2n ** 64n - 2n, 'int', '-2'],
    ['hexadecimal', u32, 0xc0ffee, 'hex', '0xc0ffee'],
    ['hexadecimal of negative bits', s64, -1, 'hex', '0xffffffffffffffff'],
    ['zero in hexadecimal', u8, 0, 'hex', '0x0'],
    ['a pointer', pointer, 0xffff888000001000n, undefined, '0xffff888000001000'],
    ['a bool', flag, 1, undefined, 'true'],
    ['a bool that is false', flag, 0, undefined, 'false'],
    ['a number as a bool', u64, 2n ** 60n, 'bool', 'true'],
    ['an enumerator', operations, 0, undefined, 'READ'],
    ['a negative enumerator', operations, -1, 'enum', 'NONE'],
    ['a number that no enumerator has', operations, 9, undefined, '9'],
    ['an enum as a number', operations, 0, 'uint', '0'],
  ])('decodes %s', (_, layout, value, kind, expected) => {
    expect(decode(layout, le(value, layout.size), kind && [kind])).toBe(expected);
  });

  it('reads network byte order where the type says so', () => {
    expect(decode(be16, Uint8Array.from([1, 0xbb]), ['port'])).toBe('443');
    expect(decode(be16, Uint8Array.from([1, 0xbb]))).toBe('443');
    expect(decode(u16, le(443, 2), ['port'])).toBe('443');
    expect(decode(be32, Uint8Array.from([0, 0, 1, 0]))).toBe('256');
  });
});

describe('string', () => {
  it.each<[string, string | readonly number[], string]>([
    ['text up to the first NUL', 'bash\0junk', 'bash'],
    ['text without NUL', '0123456789abcdef', '0123456789abcdef'],
    ['nothing', '', ''],
    ['UTF-8 of every length', 'aé€😀', 'aé€😀'],
    ['control characters', 'a\nb\t"c"', 'a\nb\t"c"'],
    ['bytes that are not UTF-8', [0x61, 0xff, 0x62, 0x80], 'a\\xffb\\x80'],
    ['a sequence that is cut off by NUL', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
    [
      'a sequence that is cut off by the end',
      [...Buffer.from('0123456789abcd'), 0xe2, 0x82],
      '0123456789abcd\\xe2\\x82',
    ],
    ['an overlong form', [0xc0, 0xaf, 0xe0, 0x80, 0xaf], '\\xc0\\xaf\\xe0\\x80\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['a backslash', 'C:\\dir', 'C:\\dir'],
    ['text that looks like an escape', '\\xff', '\\x5cxff'],
    ['a backslash at the end', '0123456789abcde\\', '0123456789abcde\\'],
  ])('decodes %s', (_, value, expected) => {
    const decoded = decode(chars(16), text(value, 16));
    expect(decoded).toBe(expected);
    expect(Buffer.from(decoded!).toString()).toBe(decoded);
  });

  it('never words different bytes alike', () => {
    const pieces = [0x5c, 0x78, 0x35, 0x63, 0x66, 0xff, 0xc3, 0xa9];
    const seen = new Map<string, string>();
    for (let n = 0; n < 8 ** 5; n++) {
      const bytes = text(
        [0, 3, 6, 9, 12].map((shift) => pieces[(n >> shift) & 7]!),
        5,
      );
      const decoded = decode5(bytes);
      expect(seen.get(decoded) ?? bytes.join()).toBe(bytes.join());
      seen.set(decoded, bytes.join());
    }
  });
  const selected5 = { title: '', layout: chars(5), offset: 0 };
  const decode5 = (bytes: Uint8Array) =>
    compileChain('label', selected5, 5, undefined, context, () => undefined).decode(bytes)!;

  it('takes arrays of bytes when asked to', () => {
    expect(decode(bytes16, text('eth0', 16), ['string'])).toBe('eth0');
  });

  it('is cut after 127 characters, between characters', () => {
    expect(decode(chars(300), text('x'.repeat(128), 300))).toBe('x'.repeat(128));
    expect(decode(chars(300), text('x'.repeat(129), 300))).toBe(`${'x'.repeat(127)}…`);
    expect(decode(chars(600), text('😀'.repeat(128), 600))).toBe('😀'.repeat(128));
    expect(decode(chars(600), text('😀'.repeat(129), 600))).toBe(`${'😀'.repeat(127)}…`);
    expect(decode(chars(4096), text('😀'.repeat(1000), 4096))).toBe(`${'😀'.repeat(127)}…`);
  });

  it('is cut after the other decoders', () => {
    const basename: DecoderSpec = { kind: 'regex', action: 'capture', pattern: '([^/]+)$', replace: '$1' };
    expect(decode(chars(300), text(`/${'d'.repeat(250)}/file`, 300), ['string', basename])).toBe('file');
  });
});

describe('map', () => {
  const map = (values: Record<string, string>, otherwise?: string): DecoderSpec => ({
    kind: 'map',
    values,
    ...(otherwise !== undefined && { default: otherwise }),
  });
  it.each<[string, Layout, number, readonly (DecoderSpec | 'enum')[], string]>([
    ['the digits of a number', u8, 1, [map({ 0: 'read', 1: 'write' })], 'write'],
    ['its default', u8, 9, [map({ 0: 'read' }, 'more')], 'more'],
    ['what is not there as it is', u8, 9, [map({ 0: 'read' })], '9'],
    ['negative numbers', s32, -1, [map({ '-1': 'none' })], 'none'],
    ['the number of an enum that comes first', operations, 0, [map({ 0: 'in' })], 'in'],
    ['the names of an enum', operations, 0, ['enum', map({ READ: 'in' })], 'in'],
    ['bools by their words', flag, 1, [map({ true: 'yes', false: 'no' })], 'yes'],
    ['bools by their numbers', flag, 0, [map({ 1: 'yes', 0: 'no' })], 'no'],
    ['names of properties', u8, 1, [map({ 1: 'constructor' }), map({ x: 'y' }, 'z')], 'z'],
    ['words that objects have', u8, 1, [map({ 1: 'toString' }), map({ x: 'y' })], 'toString'],
  ])('rewords %s', (_, layout, value, specs, expected) => {
    expect(decode(layout, le(value, layout.size), specs)).toBe(expected);
  });
});

describe('regex', () => {
  const regex = (action: 'keep' | 'drop' | 'capture', pattern: string, replace = '$1'): DecoderSpec => ({
    kind: 'regex',
    action,
    pattern,
    replace,
  });
  it.each<[string, DecoderSpec, string | undefined]>([
    ['keeps what matches', regex('keep', '^kworker'), 'kworker/0:1'],
    ['drops what does not', regex('keep', '^eth'), undefined],
    ['drops what matches', regex('drop', '^kworker'), undefined],
    ['keeps what does not', regex('drop', '^eth'), 'kworker/0:1'],
    ['captures a group', regex('capture', '^([^/]+)'), 'kworker'],
    ['composes groups', regex('capture', '^(\\w+)/(\\d)', '$2-$1$$'), '0-kworker$'],
    ['leaves out a group that took no part', regex('capture', '^(x)?k', '<$1>'), '<>'],
    ['leaves alone what does not match', regex('capture', '^eth(\\d)'), 'kworker/0:1'],
  ])('%s', (_, spec, expected) => {
    expect(decode(chars(16), text('kworker/0:1', 16), [spec])).toBe(expected);
  });

  it('takes linear time', () => {
    const started = performance.now();
    expect(decode(chars(4096), text('a'.repeat(4000), 4096), [regex('keep', '^(a+)+$|b')])).toBeDefined();
    decode(chars(4096), text(`${'a'.repeat(4000)}!`, 4096), [regex('keep', '^(a+)+$')]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('syscall', () => {
  it.each<[string, number, string]>([
    ['x64', 0, 'read'],
    ['x64', 59, 'execve'],
    ['x64', 334, 'rseq'],
    ['x64', 335, 'uretprobe'],
    ['x64', 424, 'pidfd_send_signal'],
    ['x64', 462, 'mseal'],
    ['x64', 471, 'rseq_slice_yield'],
    ['x64', 400, 'syscall_400'],
    ['x64', 512, 'compat'],
    ['x64', 513, 'x32'],
    ['x64', 514, 'none'],
    ['x64', 515, 'unknown'],
    ['x64', 516, 'syscall_516'],
    ['x64', 0x40000000, 'read'],
    ['x64', 0x40000000 + 520, 'execve'],
    ['x64', 0x40000000 + 600, 'syscall_1073742424'],
    ['arm64', 63, 'read'],
    ['arm64', 221, 'execve'],
    ['arm64', 435, 'clone3'],
    ['arm64', 512, 'compat'],
    ['arm64', 0x40000000, 'syscall_1073741824'],
    ['riscv64', 63, 'syscall_63'],
  ])('on %s is for %i %s', (arch, number, expected) => {
    context.arch = arch;
    expect(decode(u32, le(number, 4), ['syscall'])).toBe(expected);
  });

  it('takes a negative number', () => {
    expect(decode(s64, le(-1, 8), ['syscall'])).toBe('syscall_-1');
  });
});

describe('errno and signal', () => {
  it.each<[DecoderSpec['kind'], Layout, number, string]>([
    ['errno', u32, 2, 'ENOENT'],
    ['errno', s64, -2, 'ENOENT'],
    ['errno', u64, -11, 'EAGAIN'],
    ['errno', u32, 133, 'EHWPOISON'],
    ['errno', u32, 512, 'ERESTARTSYS'],
    ['errno', u32, 524, 'ENOTSUPP'],
    ['errno', u32, 0, '0'],
    ['errno', u32, 41, '41'],
    ['errno', s32, -4000, '-4000'],
    ['signal', u32, 9, 'SIGKILL'],
    ['signal', u32, 31, 'SIGSYS'],
    ['signal', u32, 33, '33'],
    ['signal', u32, 34, 'SIGRTMIN'],
    ['signal', u32, 64, 'SIGRTMIN+30'],
    ['signal', u32, 65, '65'],
    ['signal', u32, 0, '0'],
  ])('%s words %j %i as %s', (kind, layout, value, expected) => {
    expect(decode(layout, le(value, layout.size), [kind])).toBe(expected);
  });
});

describe('user and group', () => {
  it('read the files of the host', () => {
    context.write(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nbad line\ndaemon:x:1:1::/:/bin/false\ntoor:x:0:0::/:/bin/sh\nx:x:nan:0\n',
    );
    context.write('etc/group', 'wheel:x:0:\ndisk:x:6:alice,bob\n');
    expect(decode(u32, le(0, 4), ['user'])).toBe('root');
    expect(decode(u32, le(1, 4), ['user'])).toBe('daemon');
    expect(decode(u32, le(4242, 4), ['user'])).toBe('4242');
    expect(decode(u32, le(-1, 4), ['user'])).toBe('4294967295');
    expect(decode(u32, le(0, 4), ['group'])).toBe('wheel');
    expect(decode(u32, le(6, 4), ['group'])).toBe('disk');
  });

  it('notice changes after two seconds', () => {
    context.write('etc/passwd', 'root:x:0:0\n');
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
    context.write('etc/passwd', 'root:x:0:0\nseven:x:7:7\n');
    utimesSync(context.path('etc/passwd'), 5, 5);
    context.advance(1000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
    context.advance(1000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('seven');
    context.remove('etc/passwd');
    context.advance(2000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
  });

  it('word ids as numbers where there is no file', () => {
    expect(decode(u32, le(0, 4), ['user'])).toBe('0');
  });
});

describe('device', () => {
  const link = (numbers: string, target: string) => {
    const path = context.path(`sys/dev/block/${numbers}`);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  const number = (major: number, minor: number) => le(major * 2 ** 20 + minor, 4);

  it('finds names in sysfs', () => {
    link('8:1', '../../devices/pci0000:00/host0/target0/block/sda/sda1');
    link('253:0', '../../devices/virtual/block/dm-0');
    link('104:16', '../../devices/pci0000:00/cciss0/block/cciss!c0d0');
    expect(decode(u32, number(8, 1), ['device'])).toBe('sda1');
    expect(decode(u32, number(253, 0), ['device'])).toBe('dm-0');
    expect(decode(u32, number(104, 16), ['device'])).toBe('cciss/c0d0');
    expect(decode(u32, number(259, 70000), ['device'])).toBe('259:70000');
    expect(decode(u32, number(4095, 2 ** 20 - 1), ['device'])).toBe('4095:1048575');
  });

  it('asks again after ten seconds', () => {
    expect(decode(u32, number(7, 0), ['device'])).toBe('7:0');
    link('7:0', '../../devices/virtual/block/loop0');
    expect(decode(u32, number(7, 0), ['device'])).toBe('7:0');
    context.advance(10_000);
    expect(decode(u32, number(7, 0), ['device'])).toBe('loop0');
  });
});

describe('ifname', () => {
  it('finds names in sysfs, and new ones after two seconds', () => {
    context.write('sys/class/net/lo/ifindex', '1\n');
    context.write('sys/class/net/eth0/ifindex', '2\n');
    context.write('sys/class/net/bonding_masters', 'bond0\n');
    expect(decode(u32, le(2, 4), ['ifname'])).toBe('eth0');
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('3');
    context.write('sys/class/net/wg0/ifindex', '3\n');
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('3');
    context.advance(2000);
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('wg0');
  });

  it('notices after a minute that an index is somebody else', () => {
    context.write('sys/class/net/tap0/ifindex', '9\n');
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap0');
    context.remove('sys/class/net/tap0');
    context.write('sys/class/net/tap1/ifindex', '9\n');
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap0');
    context.advance(60_000);
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap1');
  });

  it('words indexes as numbers where there is no sysfs', () => {
    expect(decode(u32, le(1, 4), ['ifname'])).toBe('1');
  });
});

describe('inet', () => {
  const v6 = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  it.each([u32, be32, array(u8, 4)])('words 4 bytes of %j', (layout) => {
    expect(decode(layout, Uint8Array.from([192, 0, 2, 255]), ['inet'])).toBe('192.0.2.255');
  });

  it.each([
    ['2001 0db8 0000 0000 0000 0000 0000 0001', '2001:db8::1'],
    ['0000 0000 0000 0000 0000 0000 0000 0000', '::'],
    ['0000 0000 0000 0000 0000 0000 0000 0001', '::1'],
    ['fe80 0000 0000 0000 0000 0000 0000 0000', 'fe80::'],
    ['2001 0db8 0000 0001 0001 0001 0001 0001', '2001:db8:0:1:1:1:1:1'],
    ['2001 0000 0000 0001 0000 0000 0000 0001', '2001:0:0:1::1'],
    ['2001 0db8 0000 0000 0001 0000 0000 0001', '2001:db8::1:0:0:1'],
    ['0001 0002 0003 0004 0005 0006 0007 0008', '1:2:3:4:5:6:7:8'],
    ['0000 0002 0003 0004 0005 0006 0007 0000', '0:2:3:4:5:6:7:0'],
    ['0000 0000 0003 0004 0005 0006 0000 0000', '::3:4:5:6:0:0'],
    ['0000 0000 0000 0000 0000 ffff c000 0201', '192.0.2.1'],
    ['0000 0000 0000 0000 0000 fffe c000 0201', '::fffe:c000:201'],
  ])('words %s as %s', (bytes, expected) => {
    for (const layout of [bytes16, address, wide, array(be32, 4)]) {
      expect(decode(layout, v6(bytes), ['inet'])).toBe(expected);
    }
  });
});

describe('kernel_enum', () => {
  const reasons = (strip = ''): DecoderSpec => ({ kind: 'kernel_enum', name: 'skb_drop_reason', strip });
  const unnamed: DecoderSpec = { kind: 'map', values: { 0: 'unknown' } };

  async function words(
    layout: Layout,
    ...specs: DecoderSpec[]
  ): Promise<(value: number | bigint) => string | undefined> {
    const selected = { title: '', layout, offset: 0 };
    const chain = compileChain('label', selected, layout.size, specs, context, () => undefined);
    await chain.prepare?.(context);
    expect(chain.prepare?.(context)).toBeUndefined();
    return (value) => chain.decode(le(value, layout.size));
  }

  it('has the names of the running kernel, whatever the object says', async () => {
    context.kernelEnums.set('skb_drop_reason', [
      ['SKB_NOT_DROPPED_YET', 0],
      ['SKB_DROP_REASON_NO_SOCKET', 3],
      ['SKB_DROP_REASON_LAST', 3],
      ['NEGATIVE', -1],
      ['WIDE', 2n ** 60n],
    ]);
    const word = await words(u32, reasons('SKB_DROP_REASON_'));
    expect([0, 3, 4].map(word)).toEqual(['SKB_NOT_DROPPED_YET', 'NO_SOCKET', '4']);
    expect((await words(u64, reasons()))(2n ** 60n)).toBe('WIDE');
    expect((await words(operations, reasons()))(-1)).toBe('NEGATIVE');
    expect(context.kernelEnumReads).toBe(1);
  });

  it('words numbers as digits where the kernel has no such enum, which `map` may name', async () => {
    const word = await words(u32, reasons(), unnamed);
    expect([0, 7].map(word)).toEqual(['unknown', '7']);
    expect(context.kernelEnumReads).toBe(1);
  });
});

describe('ksym', () => {
  const kallsyms = [
    '0000000000000000 A fixed_percpu_data',
    'ffffffff81000000 T _text',
    'ffffffff81000000 T startup_64',
    'ffffffff81000100 t first_function',
    'ffffffff81000200 T do_sys_open',
    'ffffffffc0001000 t ext4_map_blocks\t[ext4]',
    'ffffffffc0000000 t nf_hook\t[nf_tables]',
    'ffff800080000000 T arm64_start',
    'garbage',
    'zzzzzzzz81000000 T not_hexadecimal',
  ].join('\n');

  const compiled = () =>
    compileChain('label', { title: '', layout: u64, offset: 0 }, 8, [{ kind: 'ksym' }], context, () => undefined);

  async function names(...addresses: bigint[]): Promise<(string | undefined)[]> {
    const chain = compiled();
    for (const address of addresses) chain.announce!(le(address, 8));
    await chain.prepare!(context);
    return addresses.map((address) => chain.decode(le(address, 8)));
  }

  it('finds the symbol an address lies in', async () => {
    context.write('proc/kallsyms', `${kallsyms}\n`);
    const found = {
      '0xffffffff81000000': '_text',
      '0xffffffff81000008': '_text',
      '0xffffffff810001ff': 'first_function',
      '0xffffffff81000200': 'do_sys_open',
      '0xffffffffc0000004': 'nf_hook',
      '0xffffffffc0001004': 'ext4_map_blocks',
      '0xffff800080000010': 'arm64_start',
      '0xffff700000000000': '0xffff700000000000',
      '0x7f0000001000': '0x7f0000001000',
    };
    expect(await names(...Object.keys(found).map(BigInt))).toEqual(Object.values(found));
  });

  it('looks for what was announced, once, and lets go after a minute', async () => {
    context.write('proc/kallsyms', `${kallsyms}\n`);
    const chain = compiled();
    expect(chain.prepare!(context)).toBeUndefined();
    const address = le(0xffffffff81000000n, 8);
    chain.announce!(address);
    const first = chain.prepare!(context);
    expect(first).toBeInstanceOf(Promise);
    chain.announce!(le(0xffffffff81000200n, 8));
    expect(chain.prepare!(context)).toBe(first);
    await first;
    expect([address, le(0xffffffff81000200n, 8)].map((one) => chain.decode(one))).toEqual(['_text', 'do_sys_open']);
    chain.announce!(address);
    expect(chain.prepare!(context)).toBeUndefined();
    context.advance(60_000);
    expect(chain.decode(address)).toBe('0xffffffff81000000');
    chain.announce!(address);
    expect(chain.prepare!(context)).toBeInstanceOf(Promise);
  });

  it.each([
    ['is not there', undefined],
    ['hides its addresses', '0000000000000000 T _text\n0000000000000000 T do_sys_open\n'],
    ['has no end of line', 'f'.repeat(100_000)],
  ])('stays hexadecimal where the file %s', async (_, file) => {
    if (file !== undefined) context.write('proc/kallsyms', file);
    expect(await names(0xffffffff81000000n)).toEqual(['0xffffffff81000000']);
  });

  it('reads a file of any size piece by piece', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `ffffffff${(0x80000000 + i * 16).toString(16)} t function_${i}`,
    );
    context.write('proc/kallsyms', `${lines.join('\n')}\n`);
    const addressOf = (i: number) => 0xffffffff80000000n + BigInt(i * 16 + 7);
    const some = [99_999, 0, 77_777, 1, 500, 501];
    const found = await findSymbols(context.path('proc/kallsyms'), some.map(addressOf));
    expect([...found].sort()).toEqual(some.map((i) => [addressOf(i), `function_${i}`]).sort());
  });

  it('finds the same as a search through all of them, in whatever order they come', async () => {
    const random = (limit: number) => Math.floor(Math.random() * limit);
    const symbols = Array.from({ length: 3000 }, (_, i) => ({
      address: random(5000) * 16,
      name: `s${i}_${'x'.repeat(random(60))}`,
    }));
    const ordered = symbols.slice(0, 2000).sort((a, b) => a.address - b.address);
    const all = [...ordered, ...symbols.slice(2000)];
    const text = (address: number) => (0xffffffff80000000n + BigInt(address)).toString(16);
    context.write('proc/kallsyms', all.map(({ address, name }) => `${text(address)} t ${name}\n`).join(''));
    const wanted = Array.from({ length: 300 }, () => random(90_000));
    const found = await findSymbols(
      context.path('proc/kallsyms'),
      wanted.map((address) => BigInt(`0x${text(address)}`)),
    );
    for (const address of wanted) {
      const below = all.filter((symbol) => symbol.address <= address);
      const nearest = Math.max(...below.map((symbol) => symbol.address));
      const name = below.find((symbol) => symbol.address === nearest)?.name;
      expect(found.get(BigInt(`0x${text(address)}`))).toBe(name);
    }
  });
});

describe('ExpiringCache', () => {
  it('keeps the most recently used, up to its capacity', () => {
    const cache = new ExpiringCache<number, number>(2, 100, () => 0);
    const made: number[] = [];
    const get = (key: number) => cache.get(key, (k) => made.push(k));
    for (const key of [1, 2, 1, 3, 1, 2]) get(key);
    expect(made).toEqual([1, 2, 3, 2]);
    expect(cache.size).toBe(2);
  });
});

describe('unsuitable fields', () => {
  const struct: Layout = { kind: 'struct', type: 'struct s', size: 8, fields: [{ name: 'a', offset: 0, layout: u64 }] };
  const float: Layout = { kind: 'opaque', type: 'double', size: 8, what: 'a floating-point number' };
  it.each<[string, Layout, readonly (DecoderSpec | DecoderSpec['kind'])[] | undefined, RegExp]>([
    [
      'text of a number',
      u32,
      ['string'],
      /Expected an array of bytes for decoder "string" of label "label" but received field "f" of the key of map "m", a 4-byte integer/,
    ],
    [
      'the system call of a name',
      chars(16),
      ['syscall'],
      /Expected an integer for decoder "syscall" .* an array \(char\[16\]\)/,
    ],
    ['an address of 8 bytes', u64, ['inet'], /Expected 4 or 16 bytes/],
    ['an address of a pointer', pointer, ['inet'], /Expected 4 or 16 bytes/],
    ['an enum of an integer', u32, ['enum'], /Expected an enum/],
    [
      'a struct',
      struct,
      undefined,
      /Expected an integer, an enum, a bool, a pointer or a char array for decoder "default" .* with a \(int\)/,
    ],
    ['a floating-point number', float, ['uint'], /a floating-point number \(double\)/],
    ['bytes without a word how', bytes16, undefined, /"default"/],
    ['text of a flexible array', chars(0), ['string'], /an array of bytes/],
    ['a decoder of fields after another', chars(16), ['string', 'user'], /Expected to be the first/],
    [
      'a map of words for a number',
      u32,
      [{ kind: 'map', values: { READ: 'in' } }],
      /Expected whole numbers from 0 on the left side .* received "READ"/,
    ],
    [
      'a map of negative numbers for an unsigned one',
      u32,
      [{ kind: 'map', values: { '-1': 'in' } }],
      /whole numbers from 0/,
    ],
    ['a map of other words for a bool', flag, [{ kind: 'map', values: { on: 'in' } }], /Expected true or false/],
  ])('refuses %s', (_, layout, specs, message) => {
    expect(() => decode(layout, new Uint8Array(layout.size), specs)).toThrow(message);
  });
});
