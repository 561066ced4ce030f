import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const sessionServer = `import resource, time
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
sessions = []
while True:
    try:
        sessions.append(open('/etc/hostname'))
    except OSError:
        time.sleep(0.1)
    time.sleep(0.02)`;

// The tmpfs takes at least five seconds to fill, so Prometheus has scraped the writer before.
const accessLog = `request=$(printf '%32767s' 'GET /')
while :; do echo "$request" >> tmpfs/access.log; sleep 0.02; done`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a server leaks file descriptors, and a log fills its tmpfs',
  expected: [
    {
      alert: 'SantaFilesExhausted',
      labels: { command: 'session-server', errno: 'EMFILE', severity: 'warning' },
      culprit: 'session-server, run by root',
    },
    {
      alert: 'SantaFilesExhausted',
      labels: { command: 'session-server', errno: 'EMFILE', severity: 'critical' },
      culprit: 'session-server, run by root',
    },
    {
      alert: 'SantaFilesExhausted',
      labels: { command: 'access-log', errno: 'ENOSPC', severity: 'warning' },
      culprit: 'access-log, run by root',
    },
  ],
  light: true,
  symptom: 'instance_command_user_syscall_errno:santabpf_exhausted_syscalls:increase5m{command="session-server"} > 0',
  begin(workspace) {
    const tmpfs = join(workspace.folder, 'tmpfs');
    mkdirSync(tmpfs);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'santabpf-scenario', tmpfs]);
    workspace.cleanUp(() => execFileSync('umount', [tmpfs]));
    workspace.run(workspace.script('session-server', sessionServer, '/usr/bin/python3'));
    workspace.run(workspace.script('access-log', accessLog));
  },
};
