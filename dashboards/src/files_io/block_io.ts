import { band, type Section } from '../grid.js';
import { column, type Heatmap, heatmap, type Lines, lines, table } from '../panels/index.js';
import { average, buckets, increase, quantile, rate } from '../query.js';
import { unit } from '../units.js';

export const blockTime = 'santabpf_block_io_duration_seconds';
export const blockErrors = 'santabpf_block_io_errors_total';
const blockSize = 'santabpf_block_io_size_bytes';

/** The disks chosen by the dashboard's variable. */
export const onSelectedDisks = 'device=~"$device"';

const noBlockIo = 'No block I/O';
const by = 'instance, device, operation';
const legend = '{{instance}} {{device}} {{operation}}';
const averageOf = (metric: string) => `${average(metric, by, onSelectedDisks)} > 0`;
const quantileOf = (q: number, range: string) => quantile(q, blockTime, by, range, onSelectedDisks);

function latencyOf(operation: 'read' | 'write', title: string, hint = ''): Heatmap {
  return {
    title,
    description: `Requests per second that ${operation} data, by the time that the disk took.${hint}`,
    expr: buckets(blockTime, onSelectedDisks, `operation="${operation}"`),
    unit: unit.seconds,
    nothing: noBlockIo,
  };
}

function latencyByDisk(q: number, name: string, description: string): Lines {
  return {
    title: `Block I/O latency by disk (${name})`,
    description,
    queries: [{ expr: quantileOf(q, '$__rate_interval'), legend }],
    unit: unit.seconds,
    log: true,
    nothing: noBlockIo,
  };
}

export const blockIo: Section = {
  title: 'Block I/O',
  bands: [
    band(
      9,
      [12, heatmap(latencyOf('read', 'Read latency', ' Two bands are hits and misses of a cache in the disk.'))],
      [12, heatmap(latencyOf('write', 'Write latency'))],
    ),
    band(
      9,
      [12, lines(latencyByDisk(0.5, 'p50', 'Half of the requests took longer, by disk and operation.'))],
      [
        12,
        lines({
          ...latencyByDisk(0.99, 'p99', 'One in a hundred requests took at least this long, by disk and operation.'),
          runbooks: ['disk_slow_or_failing'],
        }),
      ],
    ),
    band(9, [
      24,
      table({
        title: 'Disks by operation',
        description: 'Averages over the time range. Queue is the average number of requests in flight.',
        labels: ['instance', 'device', 'operation'],
        titles: { device: 'Disk' },
        columns: [
          column.perSecond('Requests', averageOf(`${blockTime}_count`)),
          column.bytesPerSecond('Bytes', averageOf(`${blockSize}_sum`)),
          column.seconds('p50', quantileOf(0.5, '$__range')),
          column.seconds('p99', quantileOf(0.99, '$__range')),
          column.number('Queue', averageOf(`${blockTime}_sum`), 3),
        ],
        nothing: noBlockIo,
      }),
    ]),
    band(
      8,
      [
        8,
        lines({
          title: 'Disk throughput',
          description: 'Bytes per second by disk and operation.',
          queries: [{ expr: rate(`${blockSize}_sum`, by, onSelectedDisks), legend }],
          unit: unit.bytesPerSecond,
          nothing: noBlockIo,
        }),
      ],
      [
        8,
        heatmap({
          title: 'Request size',
          description: 'Requests per second by size. Many small requests slow a disk down and wear it out.',
          expr: buckets(blockSize, onSelectedDisks),
          unit: unit.bytes,
          nothing: noBlockIo,
        }),
      ],
      [
        8,
        lines({
          title: 'Disk errors by disk',
          description: 'Requests that failed per interval of the graph, by disk, operation and error.',
          queries: [
            {
              expr: increase(blockErrors, `${by}, errno`, '$__rate_interval', onSelectedDisks),
              legend: `${legend} {{errno}}`,
            },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No disk errors',
          runbooks: ['disk_slow_or_failing'],
        }),
      ],
    ),
  ],
};
