import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Runs a program that writes perf maps, in four processes for each CPU. The maps are removed at the end.
 *
 * @param {import('./workspace.mjs').Workspace} workspace
 * @param {string} name of the command
 * @param {readonly string[]} command with the path of the program first
 */
export function burn(workspace, name, [program = '', ...words]) {
  const pids = join(workspace.folder, 'pids');
  writeFileSync(pids, '');
  workspace.cleanUp(() => {
    for (const pid of readFileSync(pids, 'utf8').split('\n').filter(Boolean)) {
      rmSync(`/tmp/perf-${pid}.map`, { force: true });
    }
  });
  symlinkSync(program, join(workspace.folder, name));
  const start = workspace.script('start', `echo $$ >> pids\nexec ./${name} "$@"`);
  for (let process = 0; process < 4 * availableParallelism(); process++) workspace.run(start, words);
}
