import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { lackOfCgroups, makeMemoryCgroup } from '../cgroup.mjs';

const memory = 32 << 20;
const size = 128 << 20;
// Of linux/magic.h: what is on it is in memory already.
const tmpfs = 0x01021994;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a report reads a file of 128 MiB again and again in a container of 32 MiB',
  expected: [{ alert: 'SantaPageCacheStarved', labels: { command: 'sales-report' }, culprit: 'sales-report' }],
  sign: 'instance_command_cause:santabpf_disk_read_bytes:rate1m{command="sales-report",cause="read"} > 0',
  lack() {
    if (statfsSync(tmpdir()).type === tmpfs) return `${tmpdir()} is a tmpfs, whose files are read from no disk`;
    return lackOfCgroups('memory');
  },
  before(life) {
    dd(life, 'if=/dev/urandom', 'of=sales', 'bs=1M', `count=${size >> 20}`, 'conv=fsync');
    // Else it stays in the page cache at its writer's expense.
    dd(life, 'if=sales', 'iflag=nocache', 'count=0');
    life.named('sales-report', '/bin/dd');
  },
  begin(life) {
    const group = makeMemoryCgroup(`santabpf-life-${process.pid}`, memory);
    life.undo(group.remove);
    const report = './sales-report if=sales of=/dev/null bs=256k';
    life.run(life.script('quarter-end', `echo $$ > ${group.procs}\nwhile :; do ${report}; sleep 0.1; done`));
  },
};

/** @param {import('../life.mjs').Life} life @param {...string} words */
function dd({ folder }, ...words) {
  execFileSync('dd', words, { cwd: folder, stdio: 'pipe' });
}
