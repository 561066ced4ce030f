/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'one service crashes on every start, another exits with 1, and their supervisor restarts them',
  expected: [
    {
      alert: 'SantaCrashLoop',
      labels: { command: 'billing-api', signal: 'SIGSEGV' },
      culprit: 'billing-api',
    },
    {
      alert: 'SantaCrashLoop',
      labels: { command: 'mailer', parent: 'supervisor' },
      culprit: 'exit code 1',
    },
  ],
  light: true,
  symptom: 'instance_command_signal:santabpf_process_kills:increase5m{command="billing-api"} > 0',
  begin(workspace) {
    workspace.script('billing-api', 'ulimit -c 0; kill -SEGV $$');
    workspace.script('mailer', 'exit 1');
    workspace.run(workspace.script('supervisor', 'while :; do ./billing-api; setsid ./mailer; sleep 0.5; done'));
  },
};
