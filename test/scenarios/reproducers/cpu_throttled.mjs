import { makeCpuCgroup, missingController } from '../cgroup.mjs';

const name = 'report-service';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a report needs a whole CPU, but its service is limited to a tenth of one',
  // Only a hypervisor can cause steal, so SantaCpuSteal is tested with promtool alone.
  expected: [{ alert: 'SantaCpuThrottled', labels: { cgroup: `/${name}` }, culprit: `/${name}` }],
  light: true,
  slow: true,
  symptom: `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio1m{cgroup="/${name}"} > 0`,
  unsupported: () => missingController('cpu'),
  begin(workspace) {
    const { procs, remove } = makeCpuCgroup(name, 0.1);
    workspace.cleanUp(remove);
    workspace.run(workspace.script('report', `echo $$ > ${procs}\nwhile :; do :; done`));
  },
};
