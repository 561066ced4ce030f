import { expect, test } from 'vitest';
import type { BpfMap } from '../../src/kernel/addon.js';
import { InnerMapReader } from '../../src/kernel/inner_map_reader.js';

function readerOf(error: object): InnerMapReader {
  const maps = {
    keySize: 12,
    valueSize: 8,
    cpus: 1,
    valueStride: 8,
    maxEntries: 1024,
    snapshot: () => Promise.reject(error),
  };
  const outer = { name: 'm', typeName: 'hash_of_maps', innerEntries: () => maps } as unknown as BpfMap;
  return new InnerMapReader(outer, { type: 'hash', typeId: 1, keySize: 4, valueSize: 8 });
}

const refusal = (code: string) =>
  Object.assign(new Error(code), { code, errno: 7, operation: 'read inner maps', log: '' });

test('has the name of the outer map, and a type of both', () => {
  expect(readerOf({})).toMatchObject({ name: 'm', type: 'hash in hash_of_maps', keySize: 12, maxEntries: 1024 });
});

test('says which limit too many maps or entries exceed', async () => {
  await expect(readerOf(refusal('E2BIG')).read()).rejects.toMatchObject({
    code: 'INNER_MAPS_TOO_LARGE',
    message: 'Map "m" holds more than 1024 maps, or these have more than 1048576 entries together',
  });
  await expect(readerOf(refusal('EAGAIN')).read()).rejects.toMatchObject({ code: 'EAGAIN' });
});

test('takes no entry out', async () => {
  expect(await readerOf({}).take()).toBeUndefined();
});
