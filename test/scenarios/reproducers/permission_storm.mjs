// The rate of a mail server under a password-guessing attack.
const logins = `import time
for login in range(2000):
    try:
        open('/etc/shadow')
    except PermissionError:
        time.sleep(0.03)
time.sleep(3600)`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'since an update a mail server runs as nobody and may not read /etc/shadow: 2,000 logins fail',
  light: true,
  expected: [{ alert: 'SantaPermissionStorm', culprit: 'mail-login (nobody), openat' }],
  // The rule does not judge a host of which it knows less than five minutes.
  history: 48,
  symptom: 'instance_command_user_syscall:santabpf_denied_syscalls:rate1m{command="mail-login"} > 0',
  begin(workspace) {
    const server = workspace.script('mail-login', logins, '/usr/bin/python3');
    workspace.run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', server]);
  },
};
