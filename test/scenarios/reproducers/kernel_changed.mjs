/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a logged-in user loads three BPF programs as root',
  light: true,
  expected: [
    {
      alert: 'SantaKernelChanged',
      labels: { command: 'rootkit-demo', kind: 'bpf_program', login: 'nobody' },
      culprit: 'rootkit-demo, run by root (logged in as nobody)',
    },
  ],
  symptom: 'instance_kind_type_name_command_user_login:santabpf_kernel_changes:increase5m{command="rootkit-demo"} > 0',
  begin(workspace) {
    workspace.run(workspace.named('rootkit-demo'), [
      '--comm',
      'rootkit-demo',
      '--login',
      '65534',
      'bpf-loads',
      '3',
      'taken',
      'hide_files',
    ]);
  },
};
