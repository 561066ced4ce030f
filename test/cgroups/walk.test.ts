import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CgroupNames } from '../../src/cgroups/cgroup_names.js';
import { CgroupTable, markedId } from '../../src/cgroups/cgroup_table.js';
import { blkioMark, mountedHierarchies, namedHierarchies, v1Hierarchy, v1Mark } from '../../src/cgroups/hierarchies.js';
import { walk } from '../../src/cgroups/walk.js';
import { needs } from '../harness/requirements.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-cgroups-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('hierarchies', () => {
  const header = '#subsys_name\thierarchy\tnum_cgroups\tenabled\n';

  test('v1 is the first controller that does not belong to v2', () => {
    writeFileSync(join(folder, 'cgroups'), `${header}cpuset\t3\t1\t1\ncpu\t1\t1\t1\nmemory\t0\t34\t1\npids\t8\t1\t1\n`);
    expect(v1Hierarchy(folder)).toEqual({ controller: 'cpu', number: 1 });
    writeFileSync(join(folder, 'cgroups'), `${header}cpuset\t0\t1\t1\nmemory\t0\t34\t1\n`);
    expect(v1Hierarchy(folder)).toBeUndefined();
    expect(v1Hierarchy(join(folder, 'missing'))).toBeUndefined();
  });

  test('blkio has marked ids of its own, unless it stands for v1', () => {
    const v2 = { number: 0, mark: 0n, controller: undefined };
    writeFileSync(join(folder, 'cgroups'), `${header}blkio\t7\t1\t1\nmemory\t4\t34\t1\n`);
    expect(namedHierarchies(folder)).toEqual([
      v2,
      { controller: 'memory', number: 4, mark: v1Mark },
      { controller: 'blkio', number: 7, mark: blkioMark },
    ]);
    writeFileSync(join(folder, 'cgroups'), `${header}blkio\t7\t1\t1\nmemory\t0\t34\t1\n`);
    expect(namedHierarchies(folder)).toEqual([v2, { controller: 'blkio', number: 7, mark: v1Mark }]);
    writeFileSync(join(folder, 'cgroups'), header);
    expect(namedHierarchies(folder)).toEqual([v2]);
  });

  test('a mount that is no root of a hierarchy is left out', async () => {
    mkdirSync(join(folder, 'self'));
    writeFileSync(join(folder, 'self/mountinfo'), `41 31 0:38 / ${folder} rw - cgroup2 cgroup2 rw\n`);
    expect(await mountedHierarchies(folder)).toEqual([]);
  });
});

describe('a walk', () => {
  test('lists so many cgroups of an owner, and all others', async () => {
    for (const path of ['a/b/c/d', 'x/y']) mkdirSync(join(folder, path), { recursive: true });
    for (let i = 0; i < 20; i++) mkdirSync(join(folder, `a/b/c/d/${i}`));
    const table = new CgroupTable();
    table.put(4, '/gone');
    await walk({ folder, number: 0, mark: 0n, controller: undefined }, table, { all: 100, ofOwner: 10, depth: 32 });
    const path = (name: string) => table.get(statSync(join(folder, name)).ino)?.path;
    expect([path(''), path('a'), path('x/y')]).toEqual(['/', '/a', '/x/y']);
    expect(table.size).toBe(17);
  });
});

const hierarchies = await mountedHierarchies('/proc');
const mounted = hierarchies.map(({ folder }) => folder);

describe(
  'the cgroups of this machine',
  needs({ root: true, files: mounted.length > 0 ? mounted : ['/sys/fs/cgroup/cgroup.procs'] }),
  () => {
    const name = `santabpf-walk-${process.pid}`;
    let now = 0;
    const names = new CgroupNames({ proc: '/proc', root: '/nowhere', now: () => now, later: () => {} });
    const find = async (id: number | bigint) => {
      names.want(id);
      await names.load();
      return names.get(id)?.path;
    };
    const idOf = (path: string, mark: bigint) => markedId(statSync(path, { bigint: true }).ino, mark);

    beforeAll(() => {
      for (const { folder } of hierarchies) mkdirSync(join(folder, name, 'inner'), { recursive: true });
    });
    afterAll(() => {
      for (const { folder } of hierarchies) for (const path of ['inner', '.']) rmdirSync(join(folder, name, path));
    });

    test.each(hierarchies)(
      'have their paths, and so do new ones after ten seconds: $folder, $mark',
      async ({ folder, mark }) => {
        expect(await find(idOf(join(folder, name, 'inner'), mark))).toBe(`/${name}/inner`);
        const path = join(folder, name, 'new');
        mkdirSync(path);
        try {
          const id = idOf(path, mark);
          expect(await find(id)).toBeUndefined();
          now += 10_000;
          expect(await find(id)).toBe(`/${name}/new`);
        } finally {
          rmdirSync(path);
        }
      },
    );

    test('a thousand of them do not hold the event loop', async () => {
      const [{ folder, mark }] = hierarchies as [(typeof hierarchies)[0]];
      const made = Array.from({ length: 1000 }, (_, i) => join(folder, name, `x${i}`));
      for (const path of made) mkdirSync(path);
      try {
        const id = idOf(made.at(-1)!, mark);
        let turns = 0;
        const count = () => {
          turns++;
          next = setImmediate(count);
        };
        let next = setImmediate(count);
        now += 10_000;
        expect(await find(id)).toBe(`/${name}/x999`);
        clearImmediate(next);
        expect(turns).toBeGreaterThan(100);
      } finally {
        for (const path of made) rmdirSync(path);
      }
    });
  },
);
