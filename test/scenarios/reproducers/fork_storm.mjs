/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'deployment hooks poll for a file without a delay, and each poll starts a process',
  expected: [{ alert: 'SantaForkStorm', culprit: 'deploy-hook' }],
  symptom: 'instance_command:santabpf_forks:rate1m{command="deploy-hook"} > 0',
  // The rule uses a baseline: the hour that ended five minutes ago.
  history: 56,
  begin(workspace) {
    const hook = workspace.script('deploy-hook', 'until [ "$(echo do*e)" = done ]; do :; done');
    for (let copy = 0; copy < 8; copy++) workspace.run(hook);
  },
};
