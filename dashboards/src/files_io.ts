import type { Dashboard } from './dashboard.js';
import { blockIo, blockTime } from './files_io/block_io.js';
import { opens } from './files_io/opens.js';
import { pageCache } from './files_io/page_cache.js';
import { readsWrites } from './files_io/reads_writes.js';
import { summary } from './files_io/summary.js';

export const filesIo: Dashboard = {
  uid: 'santabpf-files-io',
  title: 'Files and block I/O',
  description: 'Which commands open, read and write files, what the page cache saves, and how the disks keep up.',
  variables: [{ name: 'device', title: 'Disk', series: `${blockTime}_count{job=~"$job",instance=~"$instance"}` }],
  sections: [summary, opens, readsWrites, pageCache, blockIo],
};
