import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';

// State changes have no command or port. Other programs cause them too, so these assertions are lower bounds.

const mptcp: [string, string, string[]][] = existsSync('/proc/sys/net/mptcp')
  ? [['an MPTCP server', '4', ['mptcp']]]
  : [];

/** Below the kernel's ephemeral range, and not assigned to a service. */
const port = '23457';
/** The port labels at the two ends of a connection to it. */
const ofServer = { local_port: port, peer_port: 'ephemeral' };
const ofClient = { local_port: 'ephemeral', peer_port: port };

describe('tcp', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  /** Handshakes may complete in interrupts, whose events may be missed. */
  let unseen: number;
  beforeAll(async () => {
    unseen = await unseenShare();
    truth = await GroundTruth.start({ config: configFor('tcp') }, [['tcp'], ['tcp-refused']]);
  });
  afterAll(() => truth?.stop());

  test.each([
    ['4', 'accept4', 'blocking'],
    ['4', 'accept4', 'nonblocking'],
    ['6', 'accept4', 'blocking'],
    ['6', 'accept4', 'nonblocking'],
    ...(process.arch === 'x64'
      ? [
          ['4', 'accept', 'blocking'],
          ['4', 'socketcall', 'blocking'],
        ]
      : []),
  ])('counts connections by the commands that opened and accepted them: IPv%s, %s, %s', async (family, call, mode) => {
    const names = ['--comm', 'gt-client', '--accept-comm', 'gt-server', '--family', family!];
    const measured = await truth.measure(...names, 'tcp', 300, call!, mode!);
    expectSeen(measured.growth('tcp_connections_opened_total', { command: 'gt-client' }), 300, unseen);
    expect(measured.growths('tcp_connections_accepted_total', { command: 'gt-server' })).toEqual({ '': 300 });
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-server' })).toEqual({});
    expect(measured.growths('tcp_connections_accepted_total', { command: 'gt-client' })).toEqual({});
    expect(measured.growths('tcp_connect_failures_total', { command: 'gt-client' })).toEqual({});
    for (const [from, to] of [
      ['close', 'syn_sent'],
      ['syn_sent', 'established'],
      ['syn_recv', 'established'],
      ['established', 'close_wait'],
      ['established', 'fin_wait1'],
      ['last_ack', 'close'],
    ]) {
      expect.soft(stateChanges(measured, from!, to!), `${from} to ${to}`).toBeGreaterThanOrEqual(300 * (1 - unseen));
    }
  });

  test.each([
    ['IPv4', '4', []],
    ['IPv6', '6', []],
    ['an IPv4 client of an IPv6 server', '4', ['dual-stack']],
    ...mptcp,
  ])('measures how long connections wait to be accepted: %s', async (_, family, words) => {
    // More clients than the queue holds: some never get in, others are gone when they are accepted.
    const measured = await truth.measure('--comm', 'gt-slow', '--family', family, 'tcp-waiting', 30, 300, 19, ...words);
    const server = { command: 'gt-slow', local_port: String(measured.fact('port')) };
    expect(measured.fact('accepted')).toBe(20);
    const seen = measured.growth('tcp_accept_wait_seconds_count', server);
    expectSeen(seen, 20, unseen);
    const sum = measured.growth('tcp_accept_wait_seconds_sum', server);
    expect(sum).toBeGreaterThanOrEqual((seen * measured.fact('least_wait')) / 1e9);
    expect(sum).toBeLessThanOrEqual((seen * measured.fact('most_wait')) / 1e9);
    expect([...measured.buckets('tcp_accept_wait_seconds', server)]).toEqual([[0.5, seen]]);
  });

  test('measures one wait for each accepted connection, however it ends', async () => {
    const measured = await truth.measure('--comm', 'gt-client', '--accept-comm', 'gt-server', 'tcp', 300);
    expectSeen(measured.growth('tcp_accept_wait_seconds_count', { command: 'gt-server' }), 300, unseen);
    expect(measured.growths('tcp_accept_wait_seconds_count', { command: 'gt-client' })).toEqual({});
  });

  test.each(['4', '6'])('counts refused connections by command, port and errno: IPv%s', async (family) => {
    const measured = await truth.measure(
      ...['--comm', 'gt-refused', '--family', family, '--port', port],
      'tcp-refused',
      300,
    );
    const failures = measured.growth('tcp_connect_failures_total', { command: 'gt-refused' });
    expectSeen(failures, 300, unseen);
    expect(measured.growths('tcp_connect_failures_total', { command: 'gt-refused' })).toEqual({
      [`peer_port="${port}",errno="ECONNREFUSED"`]: failures,
    });
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-refused' })).toEqual({});
    expectSeen(measured.growth('tcp_resets_sent_total', { state: 'none', ...ofServer }), 300, unseen);
    expectSeen(measured.growth('tcp_resets_received_total', { state: 'syn_sent', ...ofClient }), 300, unseen);
  });

  test.each(['4', '6'])('counts connections ended by a reset, by port: IPv%s', async (family) => {
    const measured = await truth.measure('--comm', 'gt-aborting', '--family', family, '--port', port, 'tcp-reset', 300);
    const opened = measured.growths('tcp_connections_opened_total', { command: 'gt-aborting' });
    expect(Object.keys(opened)).toEqual([`peer_port="${port}"`]);
    expectSeen(opened[`peer_port="${port}"`]!, 300, unseen);
    expect(measured.growths('tcp_resets_sent_total', ofClient)).toEqual({ 'state="close"': 300 });
    expectSeen(measured.growth('tcp_resets_received_total', { state: 'established', ...ofServer }), 300, unseen);
    expect(stateChanges(measured, 'established', 'close')).toBeGreaterThanOrEqual(600 * (1 - unseen));
  });

  test('measures accepts after any number of connections that io_uring accepted', async () => {
    const measured = await truth.measure('--comm', 'gt-ring', 'tcp-ring', 17_000, 300);
    expectSeen(measured.growth('tcp_accept_wait_seconds_count', { command: 'gt-ring' }), 300, unseen);
    expect(measured.growths('lost_updates_total', { probe: 'tcp' })).toEqual({});
  });

  test.each([
    ['connect', 'EADDRNOTAVAIL'],
    ['ring', 'unknown'],
    ...(process.arch === 'x64' ? [['socketcall', 'EADDRNOTAVAIL']] : []),
  ])('counts connects that fail before a packet was sent: by %s', async (way, error) => {
    const measured = await truth.measure('--comm', `gt-${way}`, '--port', '0', 'tcp-unavailable', 100, way);
    expect(measured.growths('tcp_connect_failures_total', { command: `gt-${way}` })).toEqual({
      [`peer_port="ephemeral",errno="${error}"`]: 100,
    });
    expectSeen(measured.growth('tcp_connections_opened_total', { command: `gt-${way}` }), 100, unseen);
  });

  test('shows all ephemeral ports as one', async () => {
    const measured = await truth.measure('--comm', 'gt-any-port', 'tcp', 20);
    expect(Object.keys(measured.growths('tcp_connections_opened_total', { command: 'gt-any-port' }))).toEqual([
      'peer_port="ephemeral"',
    ]);
  });

  test('counts simultaneous opens and closes', async () => {
    const measured = await truth.measure('--comm', 'gt-both-sides', 'tcp-simultaneous', 200);
    expectSeen(measured.growth('tcp_connections_opened_total', { command: 'gt-both-sides' }), 200, unseen);
    expect(measured.growths('tcp_connect_failures_total', { command: 'gt-both-sides' })).toEqual({});
    // This is so rare that no other program does it.
    expectSeen(stateChanges(measured, 'syn_sent', 'syn_recv'), 200, unseen);
    expectSeen(stateChanges(measured, 'fin_wait1', 'closing'), 200, unseen);
  });

  test('counts retransmitted segments', async () => {
    const measured = await truth.measure('--port', port, 'tcp-retransmits', 3);
    const growth = measured.growth('tcp_retransmits_total', { state: 'established', ...ofClient });
    expect(growth).toBeLessThanOrEqual(measured.fact('retransmits'));
    expect(growth).toBeGreaterThanOrEqual(measured.fact('retransmits') - Math.ceil(unseen));
  });
});

function stateChanges(measured: Measurement, from: string, to: string): number {
  return measured.growth('tcp_state_changes_total', { from, to });
}
