// As fast as a mail server on which a list of passwords is tried.
const logins = `import time
for login in range(1000):
    try:
        open('/etc/shadow')
    except PermissionError:
        time.sleep(0.03)
time.sleep(3600)`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a mail server runs as nobody since an update and may not read /etc/shadow: 1,000 logins fail',
  light: true,
  expected: [{ alert: 'SantaPermissionStorm', culprit: 'mail-login (nobody), openat' }],
  sign: 'instance_command_user_syscall:santabpf_denied_syscalls:rate1m{command="mail-login"} > 0',
  begin(life) {
    const server = life.script('mail-login', logins, '/usr/bin/python3');
    life.run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', server]);
  },
};
