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

// Five seconds at least until the tmpfs is full, so that Prometheus has seen who writes.
const accessLog = `request=$(printf '%32767s' 'GET /')
while :; do echo "$request" >> tmpfs/access.log; sleep 0.02; done`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a server forgets to close its files, and a log fills its tmpfs',
  expected: [
    {
      alert: 'SantaFilesExhausted',
      labels: { command: 'session-server', errno: 'EMFILE' },
      culprit: 'session-server, run by root',
    },
    {
      alert: 'SantaFilesExhausted',
      labels: { command: 'access-log', errno: 'ENOSPC' },
      culprit: 'access-log, run by root',
    },
  ],
  light: true,
  sign: 'instance_command_user_syscall_errno:santabpf_exhausted_syscalls:increase5m{command="session-server"} > 0',
  begin(life) {
    const tmpfs = join(life.folder, 'tmpfs');
    mkdirSync(tmpfs);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'santabpf-scenario', tmpfs]);
    life.undo(() => execFileSync('umount', [tmpfs]));
    life.run(life.script('session-server', sessionServer, '/usr/bin/python3'));
    life.run(life.script('access-log', accessLog));
  },
};
