import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cgroupNames } from '../../src/decode/names/cgroup_names.js';
import { CgroupFollower } from '../../src/probes/cgroup_follower.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
let failures: unknown[];
let follower: CgroupFollower;
beforeEach(() => {
  folder = new ProbeFolder();
  failures = [];
  const { kernel, decode } = folder.context();
  const onFailure = (error: unknown) => failures.push(error);
  follower = new CgroupFollower({ kernel, names: cgroupNames(decode), proc: decode.roots.proc, onFailure });
});
afterEach(() => folder.remove());

// The fake kernel has no ring buffer: here the program always fails. test/e2e/cgroup_names.test.ts loads it.
describe('a follower that fails', () => {
  test('says why, once for all users, and leaves nothing behind', async () => {
    await Promise.all([follower.open(), follower.open()]);
    expect(failures).toHaveLength(1);
    expect(follower.programs).toEqual([]);
    expect(cgroupNames(folder.decode).hasEvents).toBe(false);
    expect(folder.fake.calls.filter((call) => call.startsWith('attach'))).toEqual([]);
  });

  test('tries again when it is needed again', async () => {
    await follower.open();
    follower.close();
    await follower.open();
    expect(failures).toHaveLength(2);
  });

  test('has lost nothing, and nothing is known of it while nobody needs it', async () => {
    expect(follower.lost).toBeUndefined();
    await follower.open();
    expect(follower.lost).toBe(0);
    follower.close();
    expect(follower.lost).toBeUndefined();
  });
});
