import { lackOfCgroups, makeCpuCgroup } from '../cgroup.mjs';

const name = 'report-service';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a report needs a whole CPU, and its service may use a tenth of one',
  // Steal is the hypervisor's to make: SantaCpuSteal is tested with made-up numbers alone.
  expected: [{ alert: 'SantaCpuThrottled', labels: { cgroup: `/${name}` }, culprit: `/${name}` }],
  light: true,
  sign: `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio1m{cgroup="/${name}"} > 0`,
  lack: () => lackOfCgroups('cpu'),
  begin(life) {
    const { procs, remove } = makeCpuCgroup(name, 0.1);
    life.undo(remove);
    life.run(life.script('report', `echo $$ > ${procs}\nwhile :; do :; done`));
  },
};
