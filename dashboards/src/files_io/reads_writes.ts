import { band, type Section } from '../grid.js';
import { column, type Heatmap, heatmap, lines, table } from '../panels/index.js';
import { average, buckets, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const bytes = 'santabpf_read_write_bytes_total';
const sizes = 'santabpf_read_write_size_bytes';

const noBytes = 'No reads or writes';
const topTransfers = `topk(20, ${average(bytes, `${who}, operation`)} > 0)`;

function sizesOf(operation: 'read' | 'write', title: string): Heatmap {
  return {
    title,
    description: `Calls per second that ${operation} data, by the number of bytes that one call moved.`,
    expr: buckets(sizes, `operation="${operation}"`),
    unit: unit.bytes,
    nothing: noBytes,
  };
}

export const readsWrites: Section = {
  title: 'Reads and writes',
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: `Bytes read and written by ${who}`,
          description: `The ten ${whose} that read and wrote most in the time range, from cache or disk, on files or sockets.`,
          queries: [{ expr: topRate(bytes, who), legend: '{{identity}}' }],
          unit: unit.bytesPerSecond,
          style: 'stacked',
          nothing: noBytes,
        }),
      ],
      [
        8,
        lines({
          title: 'Bytes read and written by operation',
          description: 'Bytes per second that system calls read and wrote.',
          queries: [{ expr: rate(bytes, 'operation'), legend: '{{operation}}' }],
          unit: unit.bytesPerSecond,
          nothing: noBytes,
        }),
      ],
      [
        8,
        table({
          title: `Top ${whose} by bytes read and written`,
          description: 'Averages over the time range.',
          labels: ['identity', 'operation'],
          columns: [column.bytesPerSecond('Bytes', topTransfers)],
          nothing: noBytes,
        }),
      ],
    ),
    band(8, [12, heatmap(sizesOf('read', 'Read size'))], [12, heatmap(sizesOf('write', 'Write size'))]),
  ],
};
