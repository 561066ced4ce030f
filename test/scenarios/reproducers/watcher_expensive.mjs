const storm = `import os
while True:
    os.getppid()`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'two copies of a program ask for the id of their parent in a loop, a million times a second',
  expected: [{ alert: 'SantaOverBudget', culprit: 'call-storm' }],
  symptom: 'instance:santabpf_cost_seconds:rate1m > santabpf_budget_ratio',
  begin(workspace) {
    const program = workspace.script('call-storm', storm, '/usr/bin/python3');
    for (let copy = 0; copy < 2; copy++) workspace.run(program);
  },
};
