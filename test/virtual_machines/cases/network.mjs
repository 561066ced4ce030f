import { between, exactly, fact } from '../expectation.mjs';

/** @type {readonly import('../expectation.mjs').Case[]} */
export const networkCases = [
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-connect', '--accept-comm', 'vm-accept', 'tcp', '20'],
    expectations: [
      exactly('tcp_connections_opened_total', { command: 'vm-connect' }, 20),
      exactly('tcp_connections_accepted_total', { command: 'vm-accept' }, 20),
    ],
  },
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-refused', 'tcp-refused', '20'],
    expectations: [exactly('tcp_connect_failures_total', { command: 'vm-refused', errno: 'ECONNREFUSED' }, 20)],
  },
  {
    probe: 'tcp',
    workload: ['--comm', 'vm-waiting', 'tcp-waiting', '20', '50', '9'],
    expectations: [exactly('tcp_accept_wait_seconds_count', { command: 'vm-waiting' }, 10)],
  },
  {
    probe: 'tcp_segments',
    workload: ['--comm', 'vm-lossy', '--port', '23459', 'tcp-retransmits', '3'],
    expectations: [
      between(
        'tcp_segments_sent_total',
        { local_port: 'ephemeral', peer_port: '23459' },
        (facts) => fact(facts, 'segments'),
        (facts) => fact(facts, 'segments'),
      ),
      between(
        'tcp_segments_retransmitted_total',
        { local_port: 'ephemeral', peer_port: '23459' },
        (facts) => fact(facts, 'retransmits'),
        (facts) => fact(facts, 'retransmits'),
      ),
    ],
  },
  {
    probe: 'accept_queue',
    workload: ['--comm', 'vm-full', 'tcp-waiting', '20', '50', '9'],
    expectations: [
      between(
        'listen_drops_total',
        { command: 'vm-full' },
        (facts) => fact(facts, 'drops'),
        (facts) => fact(facts, 'drops'),
      ),
    ],
  },
  {
    probe: 'tcp',
    workload: ['tcp-reset', '20'],
    expectations: [exactly('tcp_resets_sent_total', {}, 20), exactly('tcp_resets_received_total', {}, 20)],
  },
  {
    probe: 'tcp',
    workload: ['tcp-retransmits', '3'],
    expectations: [
      between(
        'tcp_retransmits_total',
        {},
        (facts) => fact(facts, 'retransmits'),
        // Of the whole machine: emulated, an acknowledgement of the scrape itself may be late.
        (facts) => fact(facts, 'retransmits') + 2,
      ),
    ],
  },
  {
    probe: 'packet_drops',
    // Linux 5.10 has no drop reasons, so no label `reason` here.
    workload: ['--network', 'vm-refused', 'udp-refused', '50'],
    expectations: [exactly('packet_drops_total', { device: 'vm-refused' }, 50)],
  },
  {
    probe: 'packet_drops',
    workload: ['--network', 'vm-full', 'udp-full', '50'],
    expectations: [
      between(
        'packet_drops_total',
        { device: 'vm-full' },
        (facts) => 50 + fact(facts, 'before'),
        (facts) => 50 + fact(facts, 'before'),
      ),
    ],
  },
];
