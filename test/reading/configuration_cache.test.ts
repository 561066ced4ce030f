import {
  appendFileSync,
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/config/load.js';
import {
  type CacheKey,
  keepConfiguration,
  keptConfiguration,
  readEntry,
} from '../../src/reading/configuration_cache.js';
import { mainOfOne, probeOf, withFolder } from '../config/configuration_folder.js';
import { needs } from '../harness/requirements.js';

/** A cache with one configuration. */
interface Kept {
  readonly root: string;
  readonly cache: string;
  /** Its only file. */
  readonly entry: string;
  readonly key: CacheKey;
}

const files = { 'main.yaml': mainOfOne, 'probes/p.yaml': probeOf({}) };

async function withCache(use: (kept: Kept) => void | Promise<void>): Promise<void> {
  await withFolder(files, async (root) => {
    const cache = join(root, 'cache');
    const key = { build: 'b', file: join(root, 'main.yaml'), switches: [] };
    keepConfiguration(cache, key, readConfiguration(key.file, {}));
    await use({ root, cache, entry: join(cache, readdirSync(cache)[0]!), key });
  });
}

describe('a kept configuration', () => {
  test('is what reading has as its result, and only its owner can read it', async () => {
    await withCache(({ cache, entry, key }) => {
      expect(keptConfiguration(cache, key)).toEqual(readConfiguration(key.file, {}));
      expect(statSync(entry).mode & 0o777).toBe(0o600);
      expect(readdirSync(cache)).toHaveLength(1);
    });
  });

  test.each<[string, (kept: Kept) => void]>([
    ['the main file changed', ({ root }) => appendFileSync(join(root, 'main.yaml'), '# more\n')],
    ['a probe file changed', ({ root }) => appendFileSync(join(root, 'probes/p.yaml'), '# more\n')],
    ['a probe file is gone', ({ root }) => rmSync(join(root, 'probes/p.yaml'))],
    ['a probe file is new', ({ root }) => writeFileSync(join(root, 'probes/q.yaml'), '')],
    ['the folder is gone', ({ root }) => renameSync(join(root, 'probes'), join(root, 'other'))],
    ['the cache file is cut short', ({ entry }) => truncateSync(entry, 100)],
    ['the cache file is something else', ({ entry }) => writeFileSync(entry, 'no')],
    ['others can write to the cache file', ({ entry }) => chmodSync(entry, 0o622)],
    ['others can write to the cache folder', ({ cache }) => chmodSync(cache, 0o777)],
    [
      'the cache file is a link',
      ({ entry, root }) => {
        renameSync(entry, join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), entry);
      },
    ],
    [
      'the cache folder is a link',
      ({ cache, root }) => {
        renameSync(cache, join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), cache);
      },
    ],
  ])('is not used if %s', async (_, change) => {
    await withCache((kept) => {
      change(kept);
      expect(keptConfiguration(kept.cache, kept.key)).toBeUndefined();
    });
  });

  test.each([
    ['another build', { build: 'c' }],
    ['other flags', { switches: [['p', true]] as const }],
  ])('is not used by %s', async (_, other) => {
    await withCache(({ cache, entry, key }) => {
      expect(keptConfiguration(cache, { ...key, ...other })).toBeUndefined();
      expect(readEntry(entry, { ...key, ...other })).toBeUndefined();
    });
  });

  test('applies to a copy of the files in another folder', async () => {
    await withCache(async ({ entry, key }) => {
      await withFolder(files, (other) => {
        expect(readEntry(entry, { ...key, file: join(other, 'main.yaml') })).toBeDefined();
      });
    });
  });

  test('is replaced by the next one, and the last sixteen are kept', async () => {
    await withCache(({ cache, key, root }) => {
      appendFileSync(join(root, 'main.yaml'), '# more\n');
      keepConfiguration(cache, key, readConfiguration(key.file, {}));
      expect(readdirSync(cache)).toHaveLength(1);
      writeFileSync(join(cache, 'not_ours'), '');
      for (let i = 0; i < 20; i++) {
        keepConfiguration(cache, { ...key, switches: [[`p${i}`, false]] }, readConfiguration(key.file, {}));
      }
      expect(readdirSync(cache)).toHaveLength(17);
    });
  });

  test('is not written to a folder that others can write to, nor below one that is missing', async () => {
    await withCache(({ cache, key, root }) => {
      const configuration = readConfiguration(key.file, {});
      mkdirSync(join(root, 'open'));
      chmodSync(join(root, 'open'), 0o777);
      expect(() => keepConfiguration(join(root, 'open'), key, configuration)).toThrow('other users');
      expect(readdirSync(join(root, 'open'))).toEqual([]);
      expect(() => keepConfiguration(join(root, 'missing/cache'), key, configuration)).toThrow('ENOENT');
      expect(readdirSync(cache)).toHaveLength(1);
    });
  });
});

describe('a cache of another user', needs({ root: true }), () => {
  test.each<[string, (kept: Kept) => void]>([
    ['file', ({ entry }) => chownSync(entry, 12345, 12345)],
    ['folder', ({ cache }) => lchownSync(cache, 12345, 12345)],
  ])('is not used: its %s', async (_, plant) => {
    await withCache((kept) => {
      plant(kept);
      expect(keptConfiguration(kept.cache, kept.key)).toBeUndefined();
    });
  });
});
