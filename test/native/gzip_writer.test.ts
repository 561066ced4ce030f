import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { addon, nativeErrorOf, sanitized } from '../harness/native_addon.js';
import { randomNumbers } from '../harness/random.js';
import { needs } from '../harness/requirements.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-gzip-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compresses bytes in chunks that end at `ends`, in ascending order, and at the end. */
function compressed(bytes: Uint8Array, ends: readonly number[] = []): Buffer {
  const writer = new addon.GzipWriter();
  const pieces: Buffer[] = [];
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    pieces.push(writer.add(bytes.subarray(start, end)) ?? Buffer.alloc(0));
    start = end;
  }
  pieces.push(writer.end());
  return Buffer.concat(pieces);
}

/** Chunks as the exposition makes them. */
const everyChunk = (bytes: Uint8Array) =>
  Array.from({ length: Math.floor(bytes.length / 65_536) }, (_, index) => (index + 1) * 65_536);

function page(lines: number, line: (index: number) => string): Buffer {
  return Buffer.from(Array.from({ length: lines }, (_, index) => line(index)).join(''));
}

const commands = ['nginx', 'postgres', 'kworker/u8:2', 'systemd-journal', 'größe', '日本語'];
const counters = (lines: number) =>
  page(
    lines,
    (n) => `events_total{process="${1000 + n}",device="${n % 26}",command="${commands[n % 6]}"} ${n * 104_729}\n`,
  );
const histograms = page(30_000, (n) => {
  const bucket = n % 30;
  return `latency_seconds_bucket{syscall="${Math.floor(n / 30)}",le="${2 ** (bucket - 20)}"} ${(n % 7) * bucket}\n`;
});

const pages: Readonly<Record<string, Buffer>> = {
  'no byte': Buffer.alloc(0),
  'one byte': Buffer.from('\n'),
  'one line': Buffer.from('up 1\n'),
  'two lines': Buffer.from('# TYPE up gauge\nup 1\n'),
  counters: counters(20_000),
  histograms,
  'one letter': Buffer.alloc(200_000, 'a'),
  'all zeros': Buffer.alloc(65_536),
  'a period of two': Buffer.alloc(100_001, 'ab'),
  'lines longer than the window': page(20, (n) => `${'x'.repeat(n)}${'0123456789abcdef'.repeat(2500)}${n}\n`),
  'a repeat at the end of the window': Buffer.concat([
    Buffer.from('abcdefghijkl'),
    randomBytes(32_756),
    Buffer.from('abcdefghijkl'),
  ]),
  'a repeat out of the window': Buffer.concat([
    Buffer.from('abcdefghijkl'),
    randomBytes(32_757),
    Buffer.from('abcdefghijkl'),
  ]),
  'all bytes': Buffer.from(Array.from({ length: 70_000 }, (_, index) => index & 255)),
  'random bytes': randomBytes(200_000),
  // They make code words of very different lengths.
  'frequencies that grow like Fibonacci': fibonacci(23),
};

/** Letters in random order, each as frequent as the two before it together. */
function fibonacci(letters: number): Buffer {
  const counts = [1, 1];
  while (counts.length < letters) counts.push(counts.at(-1)! + counts.at(-2)!);
  const bytes = counts.flatMap((count, letter) => Array.from({ length: count }, () => letter));
  const random = randomNumbers(1);
  for (let place = bytes.length - 1; place > 0; place--) {
    const other = random(place + 1);
    [bytes[place], bytes[other]] = [bytes[other]!, bytes[place]!];
  }
  return Buffer.from(bytes.slice(0, 65_536));
}

describe('GzipWriter', () => {
  for (const [name, bytes] of Object.entries(pages)) {
    test(`${name}: zlib reads it, and it is small`, () => {
      const result = compressed(bytes, everyChunk(bytes));
      expect(gunzipSync(result).equals(bytes)).toBe(true);
      // The header, the end, and 0.1 % for the headers of blocks.
      expect(result.length).toBeLessThanOrEqual(bytes.length * 1.001 + 40);
    });
  }

  test.each([
    ['counters', counters(20_000)],
    ['histograms', histograms],
  ])('%s take at most a tenth more than with zlib at its fastest level', (_, bytes) => {
    const { length } = compressed(bytes, everyChunk(bytes));
    expect(length).toBeLessThan(1.1 * gzipSync(bytes, { level: 1 }).length);
    expect(length).toBeLessThan(bytes.length / 5);
  });

  test('the repeats of a page are found across its chunks', () => {
    const line = randomBytes(500);
    const two = compressed(Buffer.concat([line, line]), [500]);
    expect(gunzipSync(two)).toEqual(Buffer.concat([line, line]));
    expect(two.length).toBeLessThan(600);
  });

  test('bytes that are cut anywhere are the same', () => {
    const bytes = counters(8);
    for (let end = 0; end <= bytes.length; end++) {
      expect(gunzipSync(compressed(bytes, [end])).equals(bytes)).toBe(true);
      expect(gunzipSync(compressed(bytes.subarray(0, end))).equals(bytes.subarray(0, end))).toBe(true);
    }
    const everywhere = Array.from({ length: bytes.length }, (_, index) => index);
    expect(gunzipSync(compressed(bytes, everywhere)).equals(bytes)).toBe(true);
  });

  test('random structures in random chunks are the same', () => {
    const random = randomNumbers(Number(process.env.SEED ?? 11));
    for (let round = 0; round < (sanitized ? 60 : 200); round++) {
      const bytes = randomPage(random);
      const ends = Array.from({ length: random(8) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
      const result = compressed(bytes, ends);
      const message = `round ${round}, ${bytes.length} bytes in chunks up to ${ends}`;
      expect(gunzipSync(result).equals(bytes), message).toBe(true);
      expect(result.length, message).toBeLessThanOrEqual(bytes.length * 1.001 + 40 + 10 * ends.length);
    }
  });

  test('pieces come once they are worth sending, and hold everything so far', () => {
    const writer = new addon.GzipWriter();
    const noise = randomBytes(40_000);
    expect(writer.add(noise.subarray(0, 30_000))).toBeUndefined();
    expect(writer.add(noise.subarray(30_000))!.length).toBeGreaterThan(40_000);
    expect(writer.add(Buffer.from('x'))).toBeUndefined();
    expect(writer.end().length).toBeGreaterThan(10);
  });

  test('a stream that has ended refuses more', () => {
    const writer = new addon.GzipWriter();
    writer.end();
    expect(nativeErrorOf(() => writer.add(Buffer.from('x')))).toMatchObject({ code: 'EBADF', operation: 'compress' });
    expect(nativeErrorOf(() => writer.end())).toMatchObject({ code: 'EBADF' });
  });

  test('a chunk must be bytes', () => {
    const add = Reflect.get(new addon.GzipWriter(), 'add') as (...chunk: unknown[]) => unknown;
    for (const chunk of [undefined, null, 'text', 1, [1], {}, new Uint16Array(2), new ArrayBuffer(2)]) {
      expect(() => add.call(new addon.GzipWriter(), chunk)).toThrow(TypeError);
    }
  });
});

describe('other readers', needs({ commands: ['gzip', 'python3'] }), () => {
  const file = join(folder, 'page.gz');
  // Without the sanitizers of this process.
  const options = { maxBuffer: 2 ** 24, env: { PATH: process.env.PATH } };

  test.each(Object.entries(pages))('of %s read the same', (_, bytes) => {
    writeFileSync(file, compressed(bytes, everyChunk(bytes)));
    execFileSync('gzip', ['--test', file], options);
    expect(execFileSync('gzip', ['--stdout', '--decompress', file], options).equals(bytes)).toBe(true);
    const script = 'import gzip, sys; sys.stdout.buffer.write(gzip.decompress(open(sys.argv[1], "rb").read()))';
    expect(execFileSync('python3', ['-c', script, file], options).equals(bytes)).toBe(true);
    expect(readFileSync(file).readUInt32LE(4)).toBe(0);
  });
});

/** Up to 1 MB of lines, most of which resemble an earlier one, with noise in between. */
function randomPage(random: (below: number) => number): Buffer {
  const size = random(4) === 0 ? random(1_000_000) : random(3000);
  const letters = 1 + random(256);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random(letters)));
  const lines = [noise(1 + random(100))];
  const parts: Buffer[] = [];
  for (let total = 0; total < size; total += parts.at(-1)!.length) {
    const line = Buffer.from(lines[random(lines.length)]!);
    for (let change = random(4); change > 0 && line.length > 0; change--) line[random(line.length)] = random(letters);
    if (random(10) === 0 && lines.length < 20) lines.push(noise(1 + random(2 ** random(14))));
    parts.push(random(50) === 0 ? noise(random(2 ** random(16))) : line);
    if (parts.at(-1)!.length === 0) parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts).subarray(0, size);
}
