import { fullQueues } from '../network/accept_queues.js';
import { opened } from '../network/connections.js';
import { retransmittedShare } from '../network/retransmits.js';
import { failedConnections } from '../network/summary.js';
import { column } from '../panels/index.js';
import { who, whose } from '../query.js';
import { area, topNow } from './area.js';

export const networkArea = area({
  title: 'Network',
  details: 'santabpf-network',
  numbers: [failedConnections, retransmittedShare, fullQueues],
  top: {
    title: `Top ${whose} by connections opened`,
    description: `The five ${whose} that open the most TCP connections now.`,
    labels: ['identity', 'instance'],
    columns: [column.perSecond('Opened', topNow(opened, `${who}, instance`))],
    nothing: 'No opened connections',
  },
});
