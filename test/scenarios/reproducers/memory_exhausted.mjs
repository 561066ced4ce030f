import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { makeMemoryCgroup, missingController } from '../cgroup.mjs';

// TMPFS_MAGIC of linux/magic.h. Pages of a tmpfs cannot be reclaimed by dropping them.
const tmpfs = 0x01021994;

const reportBuilder = `rows = []
while True:
    rows.append(bytearray(1 << 20))`;

// Two workers share the index, which is larger than the memory limit.
const searchServer = `import mmap, os, random
with open('index', 'rb') as file:
    index = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
index.madvise(mmap.MADV_RANDOM)
os.fork()
while True:
    index[random.randrange(len(index))]`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a report exceeds the memory limit of its container, and the index of a search server exceeds its own limit',
  expected: [
    { alert: 'SantaOomKill', labels: { command: 'report-builder', limit: 'cgroup' }, culprit: 'report-builder' },
    { alert: 'SantaMemoryReclaimStalls', labels: { limit: 'cgroup' }, culprit: 'search-server' },
  ],
  symptom: 'instance_command_cgroup_limit_requester:santabpf_oom_kills:increase5m{command="report-builder"} > 0',
  unsupported() {
    if (statfsSync(tmpdir()).type === tmpfs) return `${tmpdir()} is a tmpfs, whose files stay in memory`;
    return missingController('memory');
  },
  begin(workspace) {
    const reports = makeMemoryCgroup(`santabpf-reports-${process.pid}`, 64 << 20);
    workspace.cleanUp(reports.remove);
    const search = makeMemoryCgroup(`santabpf-search-${process.pid}`, 16 << 20);
    workspace.cleanUp(search.remove);
    workspace.script('report-builder', reportBuilder, '/usr/bin/python3');
    workspace.run(workspace.script('nightly', `echo $$ > ${reports.procs}\n./report-builder`));
    workspace.script('search-server', searchServer, '/usr/bin/python3');
    // The file is sparse: its pages are zeroes, so reading them needs no disk.
    workspace.run(
      workspace.script('search', `truncate -s 256M index\necho $$ > ${search.procs}\nexec ./search-server`),
    );
  },
};
