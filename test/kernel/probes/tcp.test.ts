import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../../harness/exporter.js';
import { GroundTruth, type Measurement } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

// Resets, retransmits and state changes belong to no command. Where other programs may cause the same on other connections,
// they are asked for at least.
describe('tcp', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('tcp') }, [['tcp'], ['tcp-refused']]);
  });
  afterAll(() => truth?.stop());

  test.each([
    ['4', 'accept4', 'blocking'],
    ['4', 'accept4', 'nonblocking'],
    ['6', 'accept4', 'blocking'],
    ['6', 'accept4', 'nonblocking'],
    ...(process.arch === 'x64' ? [['4', 'accept', 'blocking']] : []),
  ])('counts connections by who opened and who accepted them: IPv%s, %s, %s', async (family, call, mode) => {
    const names = ['--comm', 'gt-client', '--accept-comm', 'gt-server', '--family', family!];
    const measured = await truth.measure(...names, 'tcp', 300, call!, mode!);
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-client' })).toEqual({ '': 300 });
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
      expect.soft(stateChanges(measured, from!, to!), `${from} to ${to}`).toBeGreaterThanOrEqual(300);
    }
  });

  test.each(['4', '6'])('counts refused connections by command and errno: IPv%s', async (family) => {
    const measured = await truth.measure('--comm', 'gt-refused', '--family', family, 'tcp-refused', 300);
    expect(measured.growths('tcp_connect_failures_total', { command: 'gt-refused' })).toEqual({
      'errno="ECONNREFUSED"': 300,
    });
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-refused' })).toEqual({});
    expect(measured.growth('tcp_resets_sent_total', { state: 'none' })).toBeGreaterThanOrEqual(300);
    expect(measured.growth('tcp_resets_received_total', { state: 'syn_sent' })).toBeGreaterThanOrEqual(300);
  });

  test('counts connections that a reset ends', async () => {
    const measured = await truth.measure('--comm', 'gt-aborting', 'tcp-reset', 300);
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-aborting' })).toEqual({ '': 300 });
    expect(measured.growth('tcp_resets_sent_total')).toBeGreaterThanOrEqual(300);
    expect(measured.growth('tcp_resets_received_total', { state: 'established' })).toBeGreaterThanOrEqual(300);
    expect(stateChanges(measured, 'established', 'close')).toBeGreaterThanOrEqual(600);
  });

  test('counts connections that both sides open, and close, at the same time', async () => {
    const measured = await truth.measure('--comm', 'gt-both-sides', 'tcp-simultaneous', 200);
    expect(measured.growths('tcp_connections_opened_total', { command: 'gt-both-sides' })).toEqual({ '': 200 });
    expect(measured.growths('tcp_connect_failures_total', { command: 'gt-both-sides' })).toEqual({});
    // So rare that nothing else does it.
    expect(stateChanges(measured, 'syn_sent', 'syn_recv')).toBe(200);
    expect(stateChanges(measured, 'fin_wait1', 'closing')).toBe(200);
  });

  test('counts segments that are sent again', async () => {
    const measured = await truth.measure('tcp-retransmits', 3);
    const growth = measured.growth('tcp_retransmits_total', { state: 'established' });
    expect(growth).toBeGreaterThanOrEqual(measured.fact('retransmits'));
  });
});

function stateChanges(measured: Measurement, from: string, to: string): number {
  return measured.growth('tcp_state_changes_total', { from, to });
}
