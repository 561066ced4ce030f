import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const run = promisify(execFile);

// Each workload has its own network namespace, with a device of a unique name. All drops on that device belong to the
// workload.
describe('packet_drops', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('packet_drops') }, [['udp-refused'], ['udp-full']]);
  });
  afterAll(() => truth?.stop());

  test.each([
    ['4', 'udp-refused', 'NO_SOCKET'],
    ['6', 'udp-refused', 'NO_SOCKET'],
    ['4', 'udp-full', 'SOCKET_RCVBUFF'],
    ['6', 'udp-full', 'SOCKET_RCVBUFF'],
    ['4', 'udp-filtered', 'SOCKET_FILTER'],
    ['6', 'udp-filtered', 'SOCKET_FILTER'],
  ])('counts the same drops as the kernel, by reason: IPv%s, %s', async (family, work, reason) => {
    const device = `${work}-${family}`;
    const measured = await truth.measure('--network', device, '--family', family!, work!, 500);
    expect(measured.fact('dropped')).toBe(500);
    const before = work === 'udp-full' ? measured.fact('before') : 0;
    expect(measured.growths('packet_drops_total', { device, reason: reason! })).toEqual({ '': 500 + before });
  });

  test.for(['4', '6'])('knows the device of packets that TCP has taken off it: IPv%s', async (family, context) => {
    const reasons = (await addon.kernelEnum('skb_drop_reason')) ?? [];
    if (!reasons.some(([name]) => name.endsWith('_TCP_ABORT_ON_DATA'))) context.skip('needs a kernel with this reason');
    const device = `gt-tcp-${family}`;
    const measured = await truth.measure('--network', device, '--family', family, 'tcp-aborted', 200);
    const drops = measured.growth('packet_drops_total', { device, reason: 'TCP_ABORT_ON_DATA' });
    expectSeen(drops, 200, await unseenShare());
  });

  test('counts drops in interrupts that arrive in the middle of the program', async (context) => {
    if (availableParallelism() < 2) context.skip('needs two CPUs');
    truth.workload.makeNoise('unix-unread', 10 ** 12);
    const device = 'gt-across';
    const measured = await truth.measure('--network', device, 'udp-refused-across', 200_000);
    expect(measured.fact('dropped')).toBeGreaterThan(20_000);
    const drops = measured.growth('packet_drops_total', { device, reason: 'NO_SOCKET' });
    const missed = measured.growth('program_missed_runs_total', { program: 'drop_packet' });
    expect(missed).toBe(0);
    expectSeen(drops, measured.fact('dropped'), await unseenShare());
  });

  test('counts drops of a firewall', needs({ commands: ['ip', 'iptables', 'unshare'] }), async () => {
    const lines = [
      'ip link set lo name gt-firewall && ip link set gt-firewall up',
      'iptables -A INPUT -p udp -j DROP',
      'exec "$0" udp-refused 300 2>&1',
    ];
    const before = await truth.scrape();
    // Nothing arrives, so the workload fails after it has sent everything.
    const { stdout } = await run('unshare', ['--net', 'sh', '-ec', lines.join('\n'), truth.workload.file]);
    expect(stdout).toContain('"dropped":0');
    const labels = { device: 'gt-firewall', reason: 'NETFILTER_DROP' };
    expect(before.values('packet_drops_total', labels).size).toBe(0);
    expect((await truth.scrape()).values('packet_drops_total', labels)).toEqual(new Map([['', 300]]));
  });

  test('names the function if the kernel gives no reason', async () => {
    const drops = async () => {
      const values = (await truth.scrape()).values('packet_drops_unexplained_total', {
        function: 'udp_destruct_common',
      });
      return values.get('') ?? 0;
    };
    const before = await drops();
    await truth.workload.perform('udp-unread', 100);
    // A closed socket is freed later (RCU). Other programs on this machine may close sockets too.
    await expect.poll(drops, { timeout: 5000 }).toBeGreaterThanOrEqual(before + 100);
    expect(await drops()).toBeLessThan(before + 150);
  });

  test('shows a function for every drop without a reason, and a device or none for every drop', async () => {
    const samples = await truth.scrape();
    const sum = (metric: string, labels = {}) =>
      [...samples.values(metric, labels).values()].reduce((total, value) => total + value, 0);
    const unexplained = ['NOT_SPECIFIED', 'unknown'].map((reason) => sum('packet_drops_total', { reason }));
    // The exporter reads the two maps at different moments.
    expect(Math.abs(sum('packet_drops_unexplained_total') - unexplained[0]! - unexplained[1]!)).toBeLessThan(50);
    for (const series of samples.values('packet_drops_total').keys()) {
      expect(series).toMatch(/^reason="[A-Z0-9_]+|[a-z0-9_]+",device="[^"]+"$/);
    }
  });
});
