/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a host does three times as much as at this hour on any of the last seven days',
  expected: [{ alert: 'SantaAnomalyAgainstPast', culprit: 'programs executed a second' }],
  symptom: 'instance_activity:santabpf:past1h',
  unsupported: () =>
    'it needs a week of history; promtool tests it instead (alerts/tests/anomaly_against_past.test.yaml)',
  begin() {},
};
