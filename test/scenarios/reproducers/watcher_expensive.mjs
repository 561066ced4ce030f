const storm = `import os
while True:
    os.getppid()`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a program asks for the id of its parent in a loop, a million times a second',
  expected: [{ alert: 'SantaOverBudget', culprit: 'call-storm' }],
  symptom: 'instance:santabpf_cost_seconds:rate1m > santabpf_budget_ratio',
  begin(workspace) {
    workspace.run(workspace.script('call-storm', storm, '/usr/bin/python3'));
  },
};
