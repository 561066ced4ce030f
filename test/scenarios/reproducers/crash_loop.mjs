/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a service crashes whenever it starts, and is started again',
  expected: [
    {
      alert: 'SantaCrashLoop',
      labels: { command: 'billing-api', signal: 'SIGSEGV' },
      culprit: 'billing-api',
    },
  ],
  light: true,
  sign: 'instance_command_signal:santabpf_process_kills:increase5m{command="billing-api"} > 0',
  begin(life) {
    life.script('billing-api', 'ulimit -c 0; kill -SEGV $$');
    life.run(life.script('supervisor', 'while :; do ./billing-api; sleep 0.5; done'));
  },
};
