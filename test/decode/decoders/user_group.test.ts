import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { u32 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('user and group', () => {
  it('are read from the files of the host', () => {
    decoding.context.write(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nbad line\ndaemon:x:1:1::/:/bin/false\ntoor:x:0:0::/:/bin/sh\nx:x:nan:0\n',
    );
    decoding.context.write('etc/group', 'wheel:x:0:\ndisk:x:6:alice,bob\n');
    expect(decode(u32, le(0, 4), ['user'])).toBe('root');
    expect(decode(u32, le(1, 4), ['user'])).toBe('daemon');
    expect(decode(u32, le(4242, 4), ['user'])).toBe('4242');
    expect(decode(u32, le(-1, 4), ['user'])).toBe('4294967295');
    expect(decode(u32, le(0, 4), ['group'])).toBe('wheel');
    expect(decode(u32, le(6, 4), ['group'])).toBe('disk');
  });

  it('have no control or invisible characters', () => {
    decoding.context.write('etc/passwd', 'a\u001b[31m:x:1:1\nb\u202e\\x:x:2:2\n');
    expect(decode(u32, le(1, 4), ['user'])).toBe('a\\x1b[31m');
    expect(decode(u32, le(2, 4), ['user'])).toBe('b\\xe2\\x80\\xae\\x5cx');
  });

  it('change two seconds after the file', () => {
    decoding.context.write('etc/passwd', 'root:x:0:0\n');
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
    decoding.context.write('etc/passwd', 'root:x:0:0\nseven:x:7:7\n');
    utimesSync(decoding.context.path('etc/passwd'), 5, 5);
    decoding.context.advance(1000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
    decoding.context.advance(1000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('seven');
    decoding.context.remove('etc/passwd');
    decoding.context.advance(2000);
    expect(decode(u32, le(7, 4), ['user'])).toBe('7');
  });

  it('are digits when the file is larger than 16 MiB', () => {
    decoding.context.write('etc/passwd', 'root:x:0:0\n');
    truncateSync(decoding.context.path('etc/passwd'), 16 << 20);
    expect(decode(u32, le(0, 4), ['user'])).toBe('root');
    truncateSync(decoding.context.path('etc/passwd'), (16 << 20) + 1);
    decoding.context.advance(2000);
    expect(decode(u32, le(0, 4), ['user'])).toBe('0');
  });

  it('are digits when the file is a pipe', () => {
    const pipe = decoding.context.path('etc/passwd');
    mkdirSync(dirname(pipe), { recursive: true });
    execFileSync('mkfifo', [pipe]);
    expect(decode(u32, le(0, 4), ['user'])).toBe('0');
  });

  it('are digits when there is no file', () => {
    expect(decode(u32, le(0, 4), ['user'])).toBe('0');
  });
});
