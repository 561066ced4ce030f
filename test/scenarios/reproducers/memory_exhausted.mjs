import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { lackOfCgroups, makeMemoryCgroup } from '../cgroup.mjs';

// Of linux/magic.h: pages of a tmpfs cannot be dropped.
const tmpfs = 0x01021994;

const reportBuilder = `rows = []
while True:
    rows.append(bytearray(1 << 20))`;

// Two workers share the index; there is never room for all of it.
const searchServer = `import mmap, os, random
with open('index', 'rb') as file:
    index = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
index.madvise(mmap.MADV_RANDOM)
os.fork()
while True:
    index[random.randrange(len(index))]`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story:
    'a report grows beyond the memory limit of its container, and a search server has an index larger than its own',
  expected: [
    { alert: 'SantaOomKill', labels: { command: 'report-builder', limit: 'cgroup' }, culprit: 'report-builder' },
    { alert: 'SantaMemoryReclaimStalls', labels: { limit: 'cgroup' }, culprit: 'search-server' },
  ],
  sign: 'instance_command_cgroup_limit_requester:santabpf_oom_kills:increase5m{command="report-builder"} > 0',
  lack() {
    if (statfsSync(tmpdir()).type === tmpfs) return `${tmpdir()} is a tmpfs, whose files cannot leave memory`;
    return lackOfCgroups('memory');
  },
  begin(life) {
    const reports = makeMemoryCgroup(`santabpf-reports-${process.pid}`, 64 << 20);
    life.undo(reports.remove);
    const search = makeMemoryCgroup(`santabpf-search-${process.pid}`, 16 << 20);
    life.undo(search.remove);
    life.script('report-builder', reportBuilder, '/usr/bin/python3');
    life.run(life.script('nightly', `echo $$ > ${reports.procs}\n./report-builder`));
    life.script('search-server', searchServer, '/usr/bin/python3');
    // Nothing is written in it: its pages are zeroes that no disk must be read for.
    life.run(life.script('search', `truncate -s 256M index\necho $$ > ${search.procs}\nexec ./search-server`));
  },
};
