import type { Dashboard } from './dashboard.js';
import { acceptQueues } from './network/accept_queues.js';
import { connections } from './network/connections.js';
import { packetDrops } from './network/packet_drops.js';
import { resets } from './network/resets.js';
import { retransmits } from './network/retransmits.js';
import { summary } from './network/summary.js';

export const network: Dashboard = {
  uid: 'santabpf-network',
  title: 'Network',
  description:
    'Which commands open and accept TCP connections, which attempts fail, which servers keep clients waiting, and what the network loses.',
  sections: [summary, connections, acceptQueues, retransmits, resets, packetDrops],
};
