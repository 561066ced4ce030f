import { fullQueues } from '../network/accept_queues.js';
import { opened } from '../network/connections.js';
import { retransmittedShare } from '../network/retransmits.js';
import { failedConnections } from '../network/summary.js';
import { column } from '../panels/index.js';
import { area, topNow } from './area.js';

export const networkArea = area({
  title: 'Network',
  details: 'santabpf-network',
  numbers: [failedConnections, retransmittedShare, fullQueues],
  top: {
    title: 'Top commands by connections opened',
    description: 'The five commands that open the most TCP connections now.',
    labels: ['command', 'instance'],
    columns: [column.perSecond('Opened', topNow(opened, 'command, instance'))],
    nothing: 'No opened connections',
  },
});
