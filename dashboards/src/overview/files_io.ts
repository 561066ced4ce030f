import { bytes } from '../files_io/reads_writes.js';
import { diskErrors, diskLatency, failedOpens } from '../files_io/summary.js';
import { column } from '../panels/index.js';
import { who, whose } from '../query.js';
import { area, topNow } from './area.js';

export const filesIoArea = area({
  title: 'Files and block I/O',
  details: 'santabpf-files-io',
  numbers: [failedOpens, diskLatency(), diskErrors()],
  top: {
    title: `Top ${whose} by bytes read and written`,
    description: `The five ${whose} that read and write most now.`,
    labels: ['identity', 'instance'],
    columns: [column.bytesPerSecond('Bytes', topNow(bytes, `${who}, instance`))],
    nothing: 'No reads or writes',
  },
});
