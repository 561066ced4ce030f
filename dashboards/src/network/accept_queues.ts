import { band, type Section } from '../grid.js';
import { column, heatmap, lines, type Stat, steps, table } from '../panels/index.js';
import { buckets, increase, orZero, select, topQuantile, topRate, who } from '../query.js';
import { unit } from '../units.js';
import { noAccepts } from './connections.js';

const acceptWait = 'santabpf_tcp_accept_wait_seconds';
const queued = 'santabpf_listen_queue_connections';
const queueLimit = 'santabpf_listen_queue_limit';
const queuesFull = 'santabpf_listen_queues_full';
const listenDrops = 'santabpf_listen_drops_total';

const server = '{{identity}} {{local_port}}';
const byServer = (expression: string) => `sum by (local_port, ${who}) (${expression})`;

export const fullQueues: Stat = {
  title: 'Full accept queues',
  description: 'Listening sockets whose accept queue is full: they drop new connections.',
  expr: orZero('accept_queue', `sum(${select(queuesFull)})`),
  unit: unit.count,
  steps: steps.expectNone,
};

export const acceptQueues: Section = {
  title: 'Accept queues',
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: 'Queued connections by server',
          description:
            'The ten servers with the most established connections that no worker has accepted yet. Workers that keep up leave almost none.',
          queries: [{ expr: `topk(10, ${byServer(select(queued))} > 0)`, legend: server }],
          unit: unit.count,
          style: 'stacked',
          nothing: 'No queued connections',
          runbooks: ['server_out_of_workers'],
        }),
      ],
      [
        8,
        lines({
          title: 'Dropped connection requests by server',
          description:
            'Packets of clients that found the accept queue full. A client retries after 1, 3 and 7 seconds.',
          queries: [{ expr: `(${topRate(listenDrops, `local_port, ${who}`)}) > 0`, legend: server }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: 'No dropped requests',
          runbooks: ['server_out_of_workers'],
        }),
      ],
      [
        8,
        lines({
          title: 'Accept latency by server (p99)',
          description:
            'One in a hundred connections waited longer, from the end of the handshake until the server accepted it; the ten servers that accepted most.',
          queries: [
            {
              expr: topQuantile(10, 0.99, acceptWait, `local_port, ${who}`, `${acceptWait}_count`),
              legend: server,
            },
          ],
          unit: unit.seconds,
          nothing: noAccepts,
        }),
      ],
    ),
    band(
      9,
      [
        12,
        table({
          title: 'Listening servers',
          description:
            'Connections queued now, limit of the accept queues, number of full queues, and packets dropped in the time range.',
          labels: ['local_port', 'identity'],
          columns: [
            column.count('Queued', byServer(select(queued))),
            column.count('Limit', byServer(select(queueLimit))),
            column.count('Full', byServer(select(queuesFull)), steps.expectNone),
            column.count('Dropped', increase(listenDrops, `local_port, ${who}`), [[1, 'orange']]),
          ],
          nothing: 'No listening servers',
          runbooks: ['server_out_of_workers'],
        }),
      ],
      [
        12,
        heatmap({
          title: 'Accept latency',
          description:
            'Connections per second by the time until a server accepted them. A band that moves up is a server that runs short of workers.',
          expr: buckets(acceptWait),
          unit: unit.seconds,
          nothing: noAccepts,
        }),
      ],
    ),
  ],
};
