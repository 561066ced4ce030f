/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'deployment hooks wait for a file without a pause, with a process for each look',
  expected: [{ alert: 'SantaForkStorm', culprit: 'deploy-hook' }],
  sign: 'instance_command:santabpf_forks:rate1m{command="deploy-hook"} > 0',
  // The rule compares with the hour that ended five minutes ago.
  past: 56,
  begin(life) {
    const hook = life.script('deploy-hook', 'until [ "$(echo do*e)" = done ]; do :; done');
    for (let copy = 0; copy < 8; copy++) life.run(hook);
  },
};
