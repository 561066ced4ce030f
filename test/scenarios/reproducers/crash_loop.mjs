/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a service crashes on every start, and its supervisor restarts it',
  expected: [
    {
      alert: 'SantaCrashLoop',
      labels: { command: 'billing-api', signal: 'SIGSEGV' },
      culprit: 'billing-api',
    },
  ],
  light: true,
  symptom: 'instance_command_signal:santabpf_process_kills:increase5m{command="billing-api"} > 0',
  begin(workspace) {
    workspace.script('billing-api', 'ulimit -c 0; kill -SEGV $$');
    workspace.run(workspace.script('supervisor', 'while :; do ./billing-api; sleep 0.5; done'));
  },
};
