import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a build generates code with thousands of tiny programs',
  expected: [{ alert: 'SantaShortLivedJobs', culprit: 'codegen ← tiny-build' }],
  slow: true,
  symptom: 'instance_command_parent_user:santabpf_short_lived_cpu:rate1m{command="codegen"} > 0',
  begin(workspace) {
    workspace.named('codegen', '/usr/bin/awk');
    const generate = `./codegen 'BEGIN { for (i = 0; i < 10000; i++) sum += i % 7; print sum }'`;
    const build = workspace.script('tiny-build', `while :; do [ "$(${generate})" -gt 0 ] && /bin/true; done`);
    for (let job = 0; job < availableParallelism(); job++) workspace.run(build);
  },
};
