import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a backup agent that runs as nobody since an update tries 200 files of root, again and again',
  expected: [{ alert: 'SantaPermissionStorm', culprit: 'backup-agent' }],
  light: true,
  sign: 'instance_command:santabpf_denied_opens:rate1m{command="backup-agent"} > 0',
  begin(life) {
    mkdirSync(join(life.folder, 'data'));
    for (let file = 0; file < 200; file++) writeFileSync(join(life.folder, 'data', `${file}`), '', { mode: 0o600 });
    const agent = life.script('backup-agent', 'while :; do for file in data/*; do : < "$file"; done; sleep 0.5; done');
    life.run('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', agent]);
  },
};
