import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { average, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

const requested = 'santabpf_file_read_bytes_total';
const fromDisks = 'santabpf_disk_read_bytes_total';
const refaults = 'santabpf_page_cache_refaulted_pages_total';

const requestedByHost = rate(requested, 'instance');
const faultsByHost = `(${rate(fromDisks, 'instance', 'cause="fault"')} or 0 * ${requestedByHost})`;
const missesByHost = rate(fromDisks, 'instance', 'cause=~"read|fault"');

const requestedByCommand = average(requested, who);
const topReaders = `topk(20, ${average(fromDisks, who, 'cause!="uncached"')} > 0)`;

const noFileReads = 'No file reads';
const noDiskReads = 'No disk reads';

export const pageCache: Section = {
  title: 'Page cache',
  collapsed: true,
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: 'File reads and disk reads',
          description:
            'Bytes per second that read calls request of files on disks, and bytes read from disks because the page cache lacks them.',
          queries: [
            { expr: rate(requested, ''), legend: 'requested by read calls' },
            { expr: rate(fromDisks, '', 'cause!="uncached"'), legend: 'read from disks' },
          ],
          unit: unit.bytesPerSecond,
          nothing: noFileReads,
        }),
      ],
      [
        8,
        lines({
          title: 'Page cache hit ratio',
          description:
            'Share of the file reads that the page cache answers. For mapped files only the misses are visible, not the hits.',
          queries: [
            {
              expr: `clamp_min(1 - ${missesByHost} / (${requestedByHost} + ${faultsByHost} > 0), 0)`,
              legend: '{{instance}}',
            },
          ],
          unit: unit.share,
          max: 1,
          nothing: noFileReads,
          runbooks: ['page_cache_starvation'],
        }),
      ],
      [
        8,
        lines({
          title: 'Page cache refaults',
          description:
            'Pages per second read again after they were evicted from the page cache: more memory would have kept them.',
          queries: [{ expr: rate(refaults, 'instance'), legend: '{{instance}}' }],
          unit: unit.perSecond,
          nothing: 'No refaults',
          runbooks: ['page_cache_starvation'],
        }),
      ],
    ),
    band(
      9,
      [
        12,
        lines({
          title: 'Disk reads by cause',
          description:
            'Cause read: read calls; fault: mapped files and programs; write: the rest of a partly written block; kernel: loop devices and NFS servers; uncached: bypasses the page cache; other: directories, inodes, io_uring.',
          queries: [{ expr: rate(fromDisks, 'cause'), legend: '{{cause}}' }],
          unit: unit.bytesPerSecond,
          style: 'stacked',
          nothing: noDiskReads,
        }),
      ],
      [
        12,
        lines({
          title: `Disk reads by ${who}`,
          description: `The ten ${whose} that caused the most disk reads in the time range.`,
          queries: [{ expr: topRate(fromDisks, who), legend: '{{identity}}' }],
          unit: unit.bytesPerSecond,
          style: 'stacked',
          nothing: noDiskReads,
        }),
      ],
    ),
    band(8, [
      24,
      table({
        title: `Page cache misses by ${who}`,
        description:
          'Averages over the time range. Hits is the share of requested bytes that the page cache answered. More disk reads than requested bytes are wasted readahead.',
        labels: ['identity'],
        columns: [
          column.bytesPerSecond('Disk reads', topReaders),
          column.bytesPerSecond('Requested', `${requestedByCommand} and ${topReaders}`),
          column.share(
            'Hits',
            `clamp_min(1 - ${average(fromDisks, who, 'cause="read"')} / (${requestedByCommand} > 0), 0) and ${topReaders}`,
          ),
        ],
        nothing: noDiskReads,
        runbooks: ['page_cache_starvation'],
      }),
    ]),
  ],
};
