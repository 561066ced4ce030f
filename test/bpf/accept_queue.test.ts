import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const mptcp: [string, string, string[]][] = existsSync('/proc/sys/net/mptcp')
  ? [['an MPTCP server, as those in Go are', '4', ['mptcp']]]
  : [];

// Every workload is a server in its own network namespace, where the kernel counts no other drops.
describe('accept_queue', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('accept_queue') }, [['tcp']]);
  });
  afterAll(() => truth?.stop());

  /** The gauges of a command by port, once a port has this many waiting connections. */
  async function waiting(command: string, connections: number): Promise<Record<string, number[]>> {
    const gauges = ['listen_queue_connections', 'listen_queue_limit', 'listen_queues_full'];
    const found = async () => {
      const samples = await truth.scrape();
      const [shown, ...rest] = gauges.map((gauge) => samples.values(gauge, { command }));
      return Object.fromEntries(
        [...shown!].map(([port, number]) => [port, [number, ...rest.map((one) => one.get(port)!)]]),
      );
    };
    await expect.poll(async () => Object.values(await found())[0]?.[0], { timeout: 5000 }).toBe(connections);
    return found();
  }

  /** Starts a server whose clients wait while `look` runs. */
  async function during(work: readonly (string | number)[], look: () => Promise<void>): Promise<Measurement> {
    const [measured] = await Promise.all([truth.measure(...work), look()]);
    return measured;
  }

  test.each([
    ['IPv4', '4', []],
    ['IPv6', '6', []],
    ['an IPv4 client of an IPv6 server', '4', ['dual-stack']],
    ...mptcp,
    // Two processes share one socket. It belongs to the server that created it.
    ['a worker with the same socket', '4', ['worker']],
  ])('shows waiting connections and the queue limit: %s', async (_, family, words) => {
    const work = ['--comm', 'gt-waiting', '--family', family, 'tcp-waiting', 7, 1500, 9, ...words];
    let shown: Record<string, number[]> = {};
    const measured = await during(work, async () => {
      shown = await waiting('gt-waiting', 7);
    });
    const port = `local_port="${measured.fact('port')}"`;
    expect(shown).toEqual({ [port]: [7, 9, 0] });
    expect(measured.growths('listen_drops_total', { command: 'gt-waiting' })).toEqual({});
    const after = await truth.scrape();
    expect([...after.values('listen_queue_connections', { command: 'gt-waiting' })]).toEqual([]);
  });

  test('adds up sockets that share a port', async () => {
    const work = ['--comm', 'gt-reuse', 'tcp-waiting', 8, 1500, 9, 'reuseport'];
    await during(work, async () => {
      expect(Object.values(await waiting('gt-reuse', 8))).toEqual([[8, 18, 0]]);
    });
  });

  test.each(['4', '6'])('shows a full queue and counts what it drops as the kernel does: IPv%s', async (family) => {
    // Clients retransmit a dropped SYN after a second: before and after a scrape, and before the socket is closed.
    const work = ['--comm', 'gt-full', '--family', family, 'tcp-waiting', 25, 3500, 9];
    const measured = await during(work, async () => {
      expect(Object.values(await waiting('gt-full', 10))).toEqual([[10, 9, 1]]);
    });
    expect(measured.fact('accepted')).toBe(10);
    expect(measured.fact('drops')).toBeGreaterThanOrEqual(30);
    expect(measured.growths('listen_drops_total', { command: 'gt-full' })).toEqual({
      [`local_port="${measured.fact('port')}"`]: measured.fact('drops'),
    });
  });

  test('counts the drops of a socket that no scrape visited', async () => {
    const measured = await truth.measure('--comm', 'gt-unseen', 'tcp-waiting', 25, 100, 9);
    expect(measured.fact('drops')).toBe(15);
    expect(measured.growth('listen_drops_total', { command: 'gt-unseen' })).toBe(15);
  });

  test('adds up the entries beyond a full map', async () => {
    const config = configFor('accept_queue').replace(
      '[accept_queue]',
      '[{ probe: accept_queue, maps: { listeners: { max_entries: 1 } } }]',
    );
    const small = await GroundTruth.start({ config });
    try {
      // This is the sum of all servers on the machine. Few others have waiting connections.
      const others = async () => (await small.scrape()).values('listen_queue_connections', { local_port: 'other' });
      // At most one of them gets the only entry.
      const work = Promise.all(
        ['gt-first', 'gt-second'].map((command) =>
          small.workload.perform('--comm', command, 'tcp-waiting', 100, 1500, 99),
        ),
      );
      await expect
        .poll(async () => (await others()).get('command="other"'), { timeout: 5000 })
        .toBeGreaterThanOrEqual(100);
      await work;
      expect((await others()).get('command="other"')).toBeLessThan(100);
    } finally {
      await small.stop();
    }
  });
});
