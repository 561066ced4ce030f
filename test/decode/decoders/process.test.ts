import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { s32, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;
const named = (pid: number | bigint) => decode(u32, le(pid, 4), ['process']);

describe('process', () => {
  it('names running processes, and has digits for others', () => {
    decoding.context.write('proc/42/comm', 'nginx\n');
    expect(named(42)).toBe('nginx');
    expect(named(43)).toBe('43');
    expect(named(0)).toBe('0');
  });

  it('asks again after ten seconds', () => {
    decoding.context.write('proc/42/comm', 'sh\n');
    expect(named(42)).toBe('sh');
    decoding.context.write('proc/42/comm', 'nginx\n');
    expect(named(42)).toBe('sh');
    decoding.context.advance(10_000);
    expect(named(42)).toBe('nginx');
    decoding.context.remove('proc/42');
    decoding.context.advance(10_000);
    expect(named(42)).toBe('42');
  });

  it('shows hostile names as visible text', () => {
    decoding.context.write('proc/7/comm', 'a\n\u001b[0m\u202eb\\x\n');
    expect(named(7)).toBe('a\\x0a\\x1b[0m\\xe2\\x80\\xaeb\\x5cx');
    decoding.context.write('proc/8/comm', 'x'.repeat(10_000));
    expect(named(8)).toBe('x'.repeat(128));
    decoding.context.write('proc/9/comm', '');
    expect(named(9)).toBe('');
  });

  it('looks in /proc for nothing but PIDs', () => {
    mkdirSync(decoding.context.path('proc/4194305'), { recursive: true });
    decoding.context.write('proc/4194305/comm', 'no\n');
    expect(named(4_194_305)).toBe('4194305');
    expect(decode(s32, le(-1, 4), ['process'])).toBe('4294967295');
    expect(decode(u64, le(2n ** 63n, 8), ['process'])).toBe('9223372036854775808');
  });
});
