/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a host does three times what it did at this hour on any of the last seven days',
  expected: [{ alert: 'SantaAnomalyAgainstPast', culprit: 'programs executed a second' }],
  sign: 'instance_activity:santabpf:past1h',
  lack: () => 'its past is a week long; promtool makes one up (alerts/tests/anomaly_against_past.test.yaml)',
  begin() {},
};
