import { expect, test } from 'vitest';
import type { MapSnapshot } from '../../src/maps/map_reader.js';
import { StackReader } from '../../src/stacks/stack_reader.js';

const keySize = 40;
const valueStride = 16 + 8 * (64 + 127);

/** As `struct stack_key` in bpf/include/stack_key.h. */
function key(command: string, pid: number, hash: bigint, cgroup: bigint): Buffer {
  const bytes = Buffer.alloc(keySize);
  bytes.write(command, 0, 'utf8');
  bytes.writeUInt32LE(pid, 16);
  bytes.writeBigUInt64LE(hash, 24);
  bytes.writeBigUInt64LE(cgroup, 32);
  return bytes;
}

/** As `struct stack` in bpf/include/stacks.h. */
function value(count: bigint, kernel: readonly bigint[], user: readonly bigint[]): Buffer {
  // What follows the frames is undefined in the kernel.
  const bytes = Buffer.alloc(valueStride, 0xee);
  bytes.writeBigUInt64LE(count, 0);
  bytes.writeUInt32LE(kernel.length, 8);
  bytes.writeUInt32LE(user.length, 12);
  for (const [i, address] of kernel.entries()) bytes.writeBigUInt64LE(address, 16 + 8 * i);
  for (const [i, address] of user.entries()) bytes.writeBigUInt64LE(address, 16 + 8 * 64 + 8 * i);
  return bytes;
}

interface Contents {
  readonly rows: readonly number[];
  readonly values: readonly Buffer[];
  readonly added?: readonly [row: number, key: Buffer][];
  readonly gone?: readonly number[];
}

/** A map with these contents, one after the other. */
function mapWith(...contents: Contents[]) {
  const left = [...contents];
  const snapshot = async (): Promise<MapSnapshot> => {
    const { rows, values, added = [], gone = [] } = left.shift()!;
    return {
      count: rows.length,
      rows: Uint32Array.from(rows),
      rowLimit: Math.max(0, ...rows) + 1,
      values: Buffer.concat(values),
      addedRows: Uint32Array.from(added.map(([row]) => row)),
      addedKeys: Buffer.concat(added.map(([, bytes]) => bytes)),
      goneRows: Uint32Array.from(gone),
    };
  };
  return { snapshot, keySize, valueStride };
}

const prepared: bigint[] = [];
const labels = {
  async prepare(cgroups: Iterable<bigint>) {
    prepared.push(...cgroups);
  },
  of: (command: string, cgroup: bigint) => ({ command, cgroup: String(cgroup) }),
};

test('decodes keys and stacks', async () => {
  const kernel = [0xffffffff81000010n, 0xffffffff81000020n];
  const full = Array.from({ length: 127 }, (_, i) => 0x7f0000000000n + BigInt(i));
  const reader = new StackReader(
    mapWith({
      rows: [1, 0],
      values: [value(3n, kernel, []), value(2n ** 40n, [], full)],
      added: [
        [0, key('sixteen-bytes-xx', 7, 1n, 2n ** 60n)],
        [1, key('kworker', 0, 2n, 0n)],
      ],
    }),
    labels,
  );
  expect(await reader.read()).toMatchObject([
    { labels: { command: 'kworker', cgroup: '0' }, pid: 0, kernel, user: [], value: 3 },
    {
      labels: { command: 'sixteen-bytes-xx', cgroup: String(2n ** 60n) },
      pid: 7,
      kernel: [],
      user: full,
      value: 2 ** 40,
    },
  ]);
  expect(prepared).toEqual([2n ** 60n, 0n]);
});

test('a key that comes back keeps its row, and rows are used again', async () => {
  const [a, b, c] = [key('a', 1, 1n, 0n), key('b', 2, 2n, 0n), key('c', 3, 3n, 0n)];
  const one = value(1n, [], [1n]);
  const reader = new StackReader(
    mapWith(
      {
        rows: [0, 1],
        values: [one, one],
        added: [
          [0, a],
          [1, b],
        ],
      },
      { rows: [0, 1], values: [one, one], gone: [1], added: [[1, c]] },
      { rows: [], values: [], gone: [0, 1] },
    ),
    labels,
  );
  const commands = async () => (await reader.read()).map(({ labels, key }) => `${labels.command} ${key.length}`);
  expect(await commands()).toEqual(['a 40', 'b 40']);
  expect(await commands()).toEqual(['a 40', 'c 40']);
  expect(await commands()).toEqual([]);
});

test('many stacks are decoded in slices', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) => i);
  const reader = new StackReader(
    mapWith({
      rows,
      values: rows.map((row) => value(BigInt(row), [], [BigInt(row)])),
      added: rows.map((row) => [row, key('many', row, BigInt(row), 0n)]),
    }),
    labels,
  );
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  const stacks = await reader.read();
  clearInterval(count);
  expect(stacks.map((stack) => stack.value)).toEqual(rows);
  expect(turns).toBeGreaterThan(0);
});
