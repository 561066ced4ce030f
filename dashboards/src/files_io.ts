import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { heatmap, lines, stat, table } from './panels/index.js';
import { buckets, increase, orZero, quantile, rate, select, topRate } from './query.js';

const opens = 'santabpf_file_opens_total';
const openFailures = 'santabpf_file_open_failures_total';
const refused = 'santabpf_refused_syscalls_total';
const bytes = 'santabpf_read_write_bytes_total';
const sizes = 'santabpf_read_write_size_bytes';
const asked = 'santabpf_file_read_bytes_total';
const fromDisks = 'santabpf_disk_read_bytes_total';
const refaults = 'santabpf_page_cache_refaulted_pages_total';
const blockTime = 'santabpf_block_io_duration_seconds';
const blockSize = 'santabpf_block_io_size_bytes';
const blockErrors = 'santabpf_block_io_errors_total';

const chosen = 'device=~"$device"';
const inRange = (metric: string, by: string) => `sum by (${by}) (rate(${select(metric, chosen)}[$__range]))`;

const inShownTime = (metric: string) => `sum by (command, operation) (rate(${select(metric)}[$__range]))`;
const topTransfers = `topk(20, ${inShownTime(`${sizes}_sum`)} > 0)`;

const askedByHost = rate(asked, 'instance');
const faultsByHost = `(${rate(fromDisks, 'instance', 'cause="fault"')} or 0 * ${askedByHost})`;
const missedByHost = rate(fromDisks, 'instance', 'cause=~"read|fault"');

const byCommand = (metric: string, ...matchers: readonly string[]) =>
  `sum by (command) (rate(${select(metric, ...matchers)}[$__range]))`;
const askedByCommand = byCommand(asked);
const topReaders = `topk(20, ${byCommand(fromDisks, 'cause!="uncached"')} > 0)`;

const noOpens = 'No files were opened, or the probe opens is not up';
const noBytes = 'Nothing was read or written, or the probe reads_writes is not up';
const noCache = 'Nothing was read from a file, or the probes reads_writes and page_cache are not up';
const noDiskReads = 'Nothing was read from a disk, or the probe page_cache is not up';
const noBlocks = 'The disks were idle, or the probe biolatency is not up';

export const filesIo: Dashboard = {
  uid: 'santabpf-files-io',
  title: 'Files and block I/O',
  description: 'Who opens, reads and writes what the disks then have to bear, and how they bear it.',
  variables: [{ name: 'device', title: 'Disk', series: `${blockTime}_count{job=~"$job",instance=~"$instance"}` }],
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'Read and written',
              description: 'Bytes per second that system calls moved: files, pipes and sockets alike.',
              expr: orZero('reads_writes', rate(bytes, '')),
              unit: 'Bps',
              noValue: noBytes,
            }),
          ],
          [
            6,
            stat({
              title: 'Opens that fail',
              description:
                'Opens per second that returned an error other than ENOENT: looking for a file that is not there is usual.',
              expr: orZero('opens', rate(openFailures, '', 'errno!="ENOENT"')),
              unit: 'cps',
              noValue: 'The probe opens is not up',
            }),
          ],
          [
            6,
            stat({
              title: 'Slowest disk, p99',
              description: 'One request in a hundred took at least this long, on the slowest of the chosen disks.',
              expr: `max(${quantile(0.99, blockTime, 'instance, device', '$__rate_interval', chosen)})`,
              unit: 's',
              steps: [
                [0.05, 'orange'],
                [0.5, 'red'],
              ],
              noValue: noBlocks,
            }),
          ],
          [
            6,
            stat({
              title: 'Disk errors in the shown time',
              description: 'Requests that a disk failed. One is one too many.',
              expr: orZero('biolatency', increase(blockErrors, '', '$__range', chosen)),
              unit: 'none',
              decimals: 0,
              steps: [[1, 'red']],
              noValue: 'The probe biolatency is not up',
            }),
          ],
        ),
      ],
    },
    {
      title: 'Files opened',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Opens by command',
              description: 'The ten commands that opened most files in the shown time.',
              queries: [{ expr: topRate(opens, 'command'), legend: '{{command}}' }],
              unit: 'cps',
              style: 'stacked',
              noValue: noOpens,
            }),
          ],
          [
            8,
            lines({
              title: 'Failed opens by error',
              runbooks: ['files_exhausted', 'permission_storm'],
              description: 'ENOSPC, EMFILE, ENFILE, EDQUOT: something is full. EACCES, EPERM: somebody may not.',
              queries: [{ expr: rate(openFailures, 'errno'), legend: '{{errno}}' }],
              unit: 'cps',
              style: 'bars',
              noValue: 'No open failed, or the probe opens is not up',
            }),
          ],
          [
            8,
            table({
              title: 'Failed opens',
              runbooks: ['files_exhausted', 'permission_storm'],
              description: 'Commands and errors in the shown time.',
              labels: { command: 'Command', errno: 'Error' },
              columns: [
                {
                  title: 'Failed',
                  expr: `topk(50, ${increase(openFailures, 'command, errno')} > 0)`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: 'No open failed, or the probe opens is not up',
            }),
          ],
        ),
        band(8, [
          24,
          table({
            title: 'Who finds no room',
            runbooks: ['files_exhausted'],
            description:
              'All system calls that failed in the shown time because something is used up. ENOSPC: the file system; EDQUOT: a quota; EMFILE: the descriptors of the process; ENFILE: those of the host.',
            labels: { command: 'Command', user: 'User', syscall: 'Call', errno: 'Error', instance: 'Host' },
            columns: [
              {
                title: 'Failed',
                expr: `topk(50, ${increase(refused, 'command, user, syscall, errno, instance', '$__range', 'errno=~"ENOSPC|EDQUOT|EMFILE|ENFILE"')} > 0)`,
                unit: 'locale',
                decimals: 0,
              },
            ],
            noValue: 'No call found something used up, or the probe syscalls is not up',
          }),
        ]),
      ],
    },
    {
      title: 'Read and written by system calls',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Bytes by command',
              description:
                'The ten commands that read and wrote most in the shown time, from cache or disk, files or sockets.',
              queries: [{ expr: topRate(bytes, 'command'), legend: '{{command}}' }],
              unit: 'Bps',
              style: 'stacked',
              noValue: noBytes,
            }),
          ],
          [
            8,
            lines({
              title: 'Bytes by operation',
              description: 'Read and written.',
              queries: [{ expr: rate(bytes, 'operation'), legend: '{{operation}}' }],
              unit: 'Bps',
              noValue: noBytes,
            }),
          ],
          [
            8,
            table({
              title: 'Who reads and writes',
              description:
                'Averages of the shown time. A small size at a high rate is a program that would gain from a buffer.',
              labels: { command: 'Command', operation: 'Operation' },
              columns: [
                {
                  title: 'Bytes',
                  expr: topTransfers,
                  unit: 'Bps',
                },
                {
                  title: 'Average',
                  expr: `${topTransfers} / (${inShownTime(`${sizes}_count`)} > 0)`,
                  unit: 'bytes',
                },
              ],
              noValue: noBytes,
            }),
          ],
        ),
        band(
          8,
          [
            12,
            heatmap({
              title: 'Size of reads',
              description: 'Reads per second by the bytes that one call moved.',
              expr: buckets(sizes, 'operation="read"'),
              unit: 'bytes',
              noValue: noBytes,
            }),
          ],
          [
            12,
            heatmap({
              title: 'Size of writes',
              description: 'Writes per second by the bytes that one call moved.',
              expr: buckets(sizes, 'operation="write"'),
              unit: 'bytes',
              noValue: noBytes,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Page cache',
      bands: [
        band(
          9,
          [
            8,
            lines({
              title: 'Asked of files, and read from disks',
              description:
                'Bytes per second that read calls ask of files of a disk, and bytes that disks are asked for because they are not in the page cache.',
              queries: [
                { expr: rate(asked, ''), legend: 'asked for' },
                { expr: rate(fromDisks, '', 'cause!="uncached"'), legend: 'read from disks' },
              ],
              unit: 'Bps',
              noValue: noCache,
            }),
          ],
          [
            8,
            lines({
              title: 'Found in the page cache',
              description:
                'Part of what is read of files that need not be read from a disk. Of mapped files only what is missing can be seen.',
              queries: [
                {
                  expr: `clamp_min(1 - ${missedByHost} / (${askedByHost} + ${faultsByHost} > 0), 0)`,
                  legend: '{{instance}}',
                },
              ],
              unit: 'percentunit',
              max: 1,
              noValue: noCache,
              runbooks: ['page_cache_starvation'],
            }),
          ],
          [
            8,
            lines({
              title: 'Pages read again',
              description:
                'Pages of files per second that had been in the page cache and had to make room: more memory would have kept them.',
              queries: [{ expr: rate(refaults, 'instance'), legend: '{{instance}}' }],
              unit: 'cps',
              noValue: 'Nothing ever had to make room, or the probe page_cache is not up',
              runbooks: ['page_cache_starvation'],
            }),
          ],
        ),
        band(
          9,
          [
            8,
            lines({
              title: 'Read from disks by cause',
              description:
                'By calls (read), for mapped files and programs (fault), for the rest of a block that is written (write), for loop devices and NFS servers (kernel), past the page cache (uncached).',
              queries: [{ expr: rate(fromDisks, 'cause'), legend: '{{cause}}' }],
              unit: 'Bps',
              style: 'stacked',
              noValue: noDiskReads,
            }),
          ],
          [
            8,
            lines({
              title: 'Read from disks by command',
              description: 'The ten commands for which most was read from disks in the shown time.',
              queries: [{ expr: topRate(fromDisks, 'command'), legend: '{{command}}' }],
              unit: 'Bps',
              style: 'stacked',
              noValue: noDiskReads,
            }),
          ],
          [
            8,
            table({
              title: 'Who misses the page cache',
              description:
                'Averages of the shown time. Found is the part of what read calls asked for; more read than asked for is reading ahead in vain.',
              labels: { command: 'Command' },
              columns: [
                { title: 'From disks', expr: topReaders, unit: 'Bps' },
                { title: 'Asked for', expr: `${askedByCommand} and ${topReaders}`, unit: 'Bps' },
                {
                  title: 'Found',
                  expr: `clamp_min(1 - ${byCommand(fromDisks, 'cause="read"')} / (${askedByCommand} > 0), 0) and ${topReaders}`,
                  unit: 'percentunit',
                  decimals: 0,
                },
              ],
              noValue: noDiskReads,
              runbooks: ['page_cache_starvation'],
            }),
          ],
        ),
      ],
    },
    {
      title: 'Disks',
      bands: [
        band(
          9,
          [
            12,
            heatmap({
              title: 'Time of reads',
              description:
                'Read requests per second by the time the disk took. Two bands are a cache that is hit or missed.',
              expr: buckets(blockTime, chosen, 'operation="read"'),
              unit: 's',
              noValue: noBlocks,
            }),
          ],
          [
            12,
            heatmap({
              title: 'Time of writes',
              description: 'Write requests per second by the time the disk took.',
              expr: buckets(blockTime, chosen, 'operation="write"'),
              unit: 's',
              noValue: noBlocks,
            }),
          ],
        ),
        band(
          9,
          [
            12,
            lines({
              title: 'Time of requests, p50',
              description: 'Half of the requests took longer than this, by disk and operation.',
              queries: [
                {
                  expr: quantile(0.5, blockTime, 'instance, device, operation', '$__rate_interval', chosen),
                  legend: '{{instance}} {{device}} {{operation}}',
                },
              ],
              unit: 's',
              log: true,
              noValue: noBlocks,
            }),
          ],
          [
            12,
            lines({
              title: 'Time of requests, p99',
              runbooks: ['disk_slow_or_failing'],
              description: 'One request in a hundred took at least this long, by disk and operation.',
              queries: [
                {
                  expr: quantile(0.99, blockTime, 'instance, device, operation', '$__rate_interval', chosen),
                  legend: '{{instance}} {{device}} {{operation}}',
                },
              ],
              unit: 's',
              log: true,
              noValue: noBlocks,
            }),
          ],
        ),
        band(9, [
          24,
          table({
            title: 'Disks by operation',
            description: 'Averages of the shown time. The queue is how many requests were under way at once.',
            labels: { instance: 'Host', device: 'Disk', operation: 'Operation' },
            columns: [
              {
                title: 'Requests',
                expr: `${inRange(`${blockTime}_count`, 'instance, device, operation')} > 0`,
                unit: 'iops',
              },
              {
                title: 'Bytes',
                expr: `${inRange(`${blockSize}_sum`, 'instance, device, operation')} > 0`,
                unit: 'Bps',
              },
              {
                title: 'p50',
                expr: `${quantile(0.5, blockTime, 'instance, device, operation', '$__range', chosen)} > 0`,
                unit: 's',
              },
              {
                title: 'p99',
                expr: `${quantile(0.99, blockTime, 'instance, device, operation', '$__range', chosen)} > 0`,
                unit: 's',
              },
              {
                title: 'Queue',
                expr: `${inRange(`${blockTime}_sum`, 'instance, device, operation')} > 0`,
                unit: 'none',
                decimals: 3,
              },
            ],
            noValue: noBlocks,
          }),
        ]),
        band(
          8,
          [
            8,
            lines({
              title: 'Throughput of disks',
              description: 'Bytes per second by disk and operation.',
              queries: [
                {
                  expr: rate(`${blockSize}_sum`, 'instance, device, operation', chosen),
                  legend: '{{instance}} {{device}} {{operation}}',
                },
              ],
              unit: 'Bps',
              noValue: noBlocks,
            }),
          ],
          [
            8,
            heatmap({
              title: 'Size of requests',
              description:
                'Requests per second by their size. Small ones in number wear a disk out that large ones would not.',
              expr: buckets(blockSize, chosen),
              unit: 'bytes',
              noValue: noBlocks,
            }),
          ],
          [
            8,
            lines({
              title: 'Disk errors',
              runbooks: ['disk_slow_or_failing'],
              description: 'Requests that failed in each interval, by disk, operation and error.',
              queries: [
                {
                  expr: increase(blockErrors, 'instance, device, operation, errno', '$__rate_interval', chosen),
                  legend: '{{instance}} {{device}} {{operation}} {{errno}}',
                },
              ],
              unit: 'short',
              style: 'bars',
              noValue: 'No request failed, or the probe biolatency is not up',
            }),
          ],
        ),
      ],
    },
  ],
};
