import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';

const port = '23458';
const ofClient = { local_port: 'ephemeral', peer_port: port };

describe('tcp_segments', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  /** Events of connections that end in interrupts may be missed. */
  let unseen: number;
  beforeAll(async () => {
    unseen = await unseenShare();
    truth = await GroundTruth.start({ config: configFor('tcp_segments') }, [['tcp']]);
    // After this scrape, every new connection is recognized as new.
    await truth.scrape();
  });
  afterAll(() => truth?.stop());

  test.each(['4', '6'])('counts segments of connections that no scrape visited: IPv%s', async (family) => {
    const measured = await truth.measure('--family', family, '--port', port, 'tcp', 300);
    const sent = measured.growths('tcp_segments_sent_total', ofClient);
    expect(Object.keys(sent)).toEqual(['command="(short-lived)"']);
    // SYN, ACK of the SYN-ACK, FIN, and ACK of the other FIN.
    expectSeen(Object.values(sent)[0]!, 1200, unseen);
    expect(measured.growth('tcp_segments_retransmitted_total', ofClient)).toBe(0);
  });

  test('counts the same segments as TCP_INFO of the connection, however often it is visited', async () => {
    let done = false;
    const visits = async () => {
      while (!done) {
        await sleep(100);
        await truth.scrape();
      }
    };
    const work = truth.measure('--comm', 'gt-lossy', '--port', port, 'tcp-retransmits', 3).finally(() => (done = true));
    const [measured] = await Promise.all([work, visits()]);
    const lossy = { command: 'gt-lossy', ...ofClient };
    expect(measured.growth('tcp_segments_sent_total', lossy)).toBe(measured.fact('segments'));
    expect(measured.growth('tcp_segments_retransmitted_total', lossy)).toBe(measured.fact('retransmits'));
    expect(measured.fact('retransmits')).toBeGreaterThanOrEqual(3);
  });
});
