import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { makeMemoryCgroup, missingController } from '../cgroup.mjs';

const memory = 32 << 20;
const size = 128 << 20;
// TMPFS_MAGIC of linux/magic.h. Files of a tmpfs are in memory already.
const tmpfs = 0x01021994;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a report reads a file of 128 MiB again and again in a container of 32 MiB',
  expected: [{ alert: 'SantaPageCacheStarved', labels: { command: 'sales-report' }, culprit: 'sales-report' }],
  symptom: 'instance_command_cause:santabpf_disk_read_bytes:rate1m{command="sales-report",cause="read"} > 0',
  unsupported() {
    if (statfsSync(tmpdir()).type === tmpfs) return `${tmpdir()} is a tmpfs, whose files are not read from a disk`;
    return missingController('memory');
  },
  before(workspace) {
    dd(workspace, 'if=/dev/urandom', 'of=sales', 'bs=1M', `count=${size >> 20}`, 'conv=fsync');
    // Drops the file from the page cache, where it would be charged to this process.
    dd(workspace, 'if=sales', 'iflag=nocache', 'count=0');
    workspace.named('sales-report', '/bin/dd');
  },
  begin(workspace) {
    const group = makeMemoryCgroup(`santabpf-report-${process.pid}`, memory);
    workspace.cleanUp(group.remove);
    const report = './sales-report if=sales of=/dev/null bs=256k';
    workspace.run(workspace.script('quarter-end', `echo $$ > ${group.procs}\nwhile :; do ${report}; sleep 0.1; done`));
  },
};

/** @param {import('../workspace.mjs').Workspace} workspace @param {...string} words */
function dd({ folder }, ...words) {
  execFileSync('dd', words, { cwd: folder, stdio: 'pipe' });
}
