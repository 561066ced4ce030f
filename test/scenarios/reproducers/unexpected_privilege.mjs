import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const nobody = '65534';
const session = `echo ${nobody} > /proc/self/loginuid
exec setpriv --reuid=${nobody} --regid=${nobody} --clear-groups sh -c './report-viewer -p -c "id -u"; sleep 3600'`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'an intruder left a set-uid copy of the shell, and a logged-in user runs it',
  light: true,
  unsupported() {
    if (!existsSync('/proc/self/loginuid')) return 'this kernel has no login uid (CONFIG_AUDIT)';
    const options = execFileSync('findmnt', ['--noheadings', '--output=OPTIONS', `--target=${tmpdir()}`], {
      encoding: 'utf8',
    });
    return options.includes('nosuid') ? `${tmpdir()} is mounted nosuid` : undefined;
  },
  expected: [
    {
      alert: 'SantaUnexpectedPrivilege',
      labels: { command: 'report-viewer', user: 'nobody', login: 'nobody', way: 'setuid_file' },
      culprit: 'report-viewer, run by nobody',
    },
  ],
  symptom: 'instance_command_user_login_way:santabpf_privilege_gains:increase5m{command="report-viewer"} > 0',
  begin(workspace) {
    chmodSync(workspace.named('report-viewer', '/bin/sh'), 0o4755);
    workspace.run(workspace.script('session', session));
  },
};
