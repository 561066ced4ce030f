import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/** In the fixture, too. */
const PORT = 4713;
const GETPPID = process.arch === 'arm64' ? 173 : 110;

describe('values that belong to tasks, cgroups and sockets', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('storages', { teller: process.pid, watched_call: GETPPID }));
  });
  afterAll(() => truth?.stop());

  test('are exported by iterators over these objects', async () => {
    callGetppid(40);
    const samples = await truth.scrape();
    expect(Object.fromEntries(samples.values('calls_by_process'))).toEqual({ [`process="${process.pid}"`]: 40 });
    const [[cgroup, calls] = [], ...others] = samples.values('calls_by_cgroup');
    expect([calls, others]).toEqual([40, []]);
    expect(cgroup).toMatch(/^cgroup="\d+"$/);
  });

  test('are gone with the object', async () => {
    const server = createServer().listen(PORT, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const socket = connect(PORT, '127.0.0.1');
    const [other] = await accepted;
    const noted = async () => Object.fromEntries((await truth.scrape()).values('notes_by_port'));
    try {
      expect(await noted()).toEqual({ [`port="${PORT}"`]: 7 });
    } finally {
      socket.on('error', () => undefined);
      // A reset leaves no socket that waits.
      other.resetAndDestroy();
      server.close();
    }
    await expect.poll(noted, { timeout: 10_000 }).toEqual({});
  });
});
