import { makeCpuCgroup } from '../../../scenarios/cgroup.mjs';

// Requests arrive at random, and each needs CPU time at random: most periods have enough quota, a busy moment has not.
/** @param {number} demand CPUs, on average */
const service = (demand) => `import random, time
need = 0.02
while True:
    time.sleep(random.expovariate(${demand} / need))
    end = time.process_time() + random.expovariate(1 / need)
    while time.process_time() < end:
        pass`;

const containers = [
  { name: 'shop-api', quota: 0.25, workers: 3 },
  { name: 'shop-search', quota: 0.25, workers: 3 },
  { name: 'shop-images', quota: 0.3, workers: 4 },
];

/** @type {import('../record.mjs').Load} */
export default {
  story: 'three services in cgroups with a CPU quota that suffices on average, but not in busy moments',
  begin(workspace) {
    for (const { name, quota, workers } of containers) {
      const group = makeCpuCgroup(name, quota);
      workspace.cleanUp(group.remove);
      const worker = workspace.script(name, service((0.7 * quota) / workers), '/usr/bin/python3');
      const start = workspace.script(`start-${name}`, `echo $$ > ${group.procs}\nexec ${worker}`);
      for (let count = 0; count < workers; count++) workspace.run(start);
    }
  },
};
