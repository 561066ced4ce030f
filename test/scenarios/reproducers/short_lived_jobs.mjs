import { availableParallelism } from 'node:os';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a build generates code by thousands of tiny programs',
  expected: [{ alert: 'SantaShortLivedJobs', culprit: 'codegen ← tiny-build' }],
  sign: 'instance_command_parent_user:santabpf_short_lived_cpu:rate1m{command="codegen"} > 0',
  begin(life) {
    life.named('codegen', '/usr/bin/awk');
    const generate = `./codegen 'BEGIN { for (i = 0; i < 600000; i++) sum += i % 7; print sum }'`;
    const build = life.script('tiny-build', `while :; do [ "$(${generate})" -gt 0 ] && /bin/true; done`);
    for (let job = 0; job < availableParallelism(); job++) life.run(build);
  },
};
