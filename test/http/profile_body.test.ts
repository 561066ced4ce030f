import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzipped } from '../../src/http/profiles/profile_body.js';

async function* parts(count: number, size: number) {
  for (let index = 0; index < count; index++) yield randomBytes(size);
}

async function joined(count: number): Promise<Buffer> {
  const { chunks, bytes } = await gzipped(parts(count, 70_000));
  expect(bytes).toBe(Buffer.concat(chunks).length);
  return Buffer.concat(chunks);
}

describe('a compressed body', () => {
  it('has all parts', async () => {
    expect(gunzipSync(await joined(10))).toHaveLength(700_000);
    expect(gunzipSync(await joined(0))).toHaveLength(0);
  });

  it('has a limit, at which its parts end', async () => {
    let ended = false;
    async function* endless() {
      try {
        yield* parts(1e9, 10_000);
      } finally {
        ended = true;
      }
    }
    await expect(gzipped(endless(), 1024 * 1024)).rejects.toMatchObject({
      code: 'PROFILE_TOO_LARGE',
      message: 'The profile is larger than 1 MB, compressed',
    });
    expect(ended).toBe(true);
  });

  it('fails as its parts do', async () => {
    async function* failing() {
      yield* parts(3, 1000);
      throw new Error('given up');
    }
    await expect(gzipped(failing())).rejects.toThrow('given up');
  });
});
