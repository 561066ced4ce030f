import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { namesOf, Programs, type Running } from '../../symbols/programs.js';

const program = join(import.meta.dirname, '../../../build/Release/santabpf_symbols');
const programs = new Programs();
afterAll(() => programs.close());

const user = 1234;

/** A symbolizer whose helper runs as a user with some capabilities, as under systemd. */
function withCapabilities(name: string, capabilities: readonly string[]) {
  const list = capabilities.map((capability) => `+${capability}`).join(',');
  const sets = list === '' ? '' : `--inh-caps ${list} --ambient-caps ${list}`;
  const wrapper = join(programs.folder, name);
  const command = `setpriv --reuid ${user} --regid ${user} --clear-groups ${sets} ${join(programs.folder, 'program')}`;
  writeFileSync(wrapper, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  return programs.symbolizer({ program: wrapper });
}

describe('what each capability adds', needs({ root: true, commands: ['setpriv', 'gcc'] }), () => {
  let processes: readonly Running[] = [];

  beforeAll(async () => {
    chmodSync(programs.folder, 0o755);
    execFileSync('install', ['-m', '755', program, join(programs.folder, 'program')]);
    const path = programs.compile('functions', 'functions.c');
    const secret = join(programs.folder, 'secret');
    mkdirSync(secret, { mode: 0o700 });
    execFileSync('cp', [path, join(secret, 'functions')]);
    const gone = join(programs.folder, 'gone');
    execFileSync('cp', [path, gone]);
    const own = await programs.start(path, [], { uid: user, gid: user });
    const foreign = await programs.start(path);
    const hidden = await programs.start(join(secret, 'functions'));
    const deleted = await programs.start(gone);
    rmSync(gone);
    processes = [own, foreign, hidden, deleted];
  });

  it('works for root in a container, who cannot become another user', async () => {
    const wrapper = join(programs.folder, 'contained');
    const bounds = '--bounding-set -all,+sys_ptrace,+dac_read_search,+checkpoint_restore';
    writeFileSync(wrapper, `#!/bin/sh\nexec setpriv ${bounds} ${program} "$@"\n`, { mode: 0o755 });
    const symbolizer = programs.symbolizer({ program: wrapper });
    for (const { pid, address } of processes)
      expect(await namesOf(symbolizer, pid, [address('hidden_function')])).toEqual(['hidden_function']);
  });

  it.each([
    [[], [true, false, false, false]],
    [['sys_ptrace'], [true, true, false, false]],
    [
      ['sys_ptrace', 'dac_read_search'],
      [true, true, true, false],
    ],
    [
      ['sys_ptrace', 'dac_read_search', 'checkpoint_restore'],
      [true, true, true, true],
    ],
  ])('%j names functions of own, foreign, hidden and deleted programs: %j', async (capabilities, named) => {
    const symbolizer = withCapabilities(`with_${capabilities.join('_')}`, capabilities);
    const names: string[] = [];
    for (const { pid, address } of processes)
      names.push((await namesOf(symbolizer, pid, [address('hidden_function')]))[0]!);
    expect(names.map((name) => name === 'hidden_function')).toEqual(named);
  });
});
