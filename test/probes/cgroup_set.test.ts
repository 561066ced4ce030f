import { describe, expect, it } from 'vitest';
import type { CgroupListener, CgroupNames } from '../../src/cgroups/cgroup_names.js';
import { unifiedFolder } from '../../src/cgroups/hierarchies.js';
import type { BpfMap } from '../../src/kernel/addon.js';
import { CgroupSet } from '../../src/probes/cgroup_set.js';

/** A map of ids, of which the kernel takes so many. */
class Ids {
  readonly kept = new Set<bigint>();

  constructor(private readonly most = 10) {}

  update(key: Uint8Array): void {
    if (this.kept.size === this.most) throw Object.assign(new Error('full'), { code: 'E2BIG' });
    this.kept.add(idOf(key));
  }

  delete(key: Uint8Array): void {
    this.kept.delete(idOf(key));
  }
}

const idOf = (key: Uint8Array) => new BigUint64Array(key.slice().buffer)[0]!;

/** The cgroups of a host that has two from the beginning. */
class Names {
  listener: CgroupListener | undefined;

  addListener(listener: CgroupListener): void {
    this.listener = listener;
  }

  removeListener(): void {
    this.listener = undefined;
  }

  async list(): Promise<void> {
    this.listener!.made(11, '/system.slice/nginx.service');
    this.listener!.made(12, '/user.slice');
  }
}

async function opened(ids: Ids) {
  const names = new Names();
  const folder = unifiedFolder('/proc') ?? '/sys/fs/cgroup';
  const spec = { map: 'chosen', patterns: [`^${folder}/system.slice/.*$`], by: 'id' } as const;
  const set = new CgroupSet(ids as unknown as BpfMap, spec, names as unknown as CgroupNames, '/proc');
  await set.open();
  return { set, names, listener: names.listener! };
}

describe('a set of cgroups', () => {
  it('has those that match: from the beginning, made later, and renamed', async () => {
    const ids = new Ids();
    const { listener } = await opened(ids);
    expect([...ids.kept]).toEqual([11n]);
    listener.made(13, '/system.slice/redis.service');
    listener.made(14, '/user.slice/session.scope');
    expect([...ids.kept]).toEqual([11n, 13n]);
    listener.made(13, '/user.slice/redis.service');
    listener.made(14, '/system.slice/session.scope');
    expect([...ids.kept]).toEqual([11n, 14n]);
    listener.removed(11);
    listener.removed(12);
    expect([...ids.kept]).toEqual([14n]);
  });

  it('has none of cgroup v1, whose ids begin at 2^62', async () => {
    const ids = new Ids();
    const { listener } = await opened(ids);
    listener.made(2n ** 62n + 1n, '/system.slice/old.service');
    expect([...ids.kept]).toEqual([11n]);
  });

  it('says which cgroup did not get in, until one does', async () => {
    const { set, listener } = await opened(new Ids(1));
    expect(set.problem).toBeUndefined();
    listener.made(13, '/system.slice/redis.service');
    expect(set.problem?.code).toBe('MAP_NOT_FILLED');
    expect(set.problem?.message).toContain('/system.slice/redis.service');
    listener.removed(11);
    listener.made(15, '/system.slice/cron.service');
    expect(set.problem).toBeUndefined();
  });

  it('follows no cgroups after its end', async () => {
    const { set, names } = await opened(new Ids());
    set.close();
    expect(names.listener).toBeUndefined();
  });
});
