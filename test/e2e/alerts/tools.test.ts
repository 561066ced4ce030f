import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, ruleFiles, stems } from '../../alerts/rule_files.js';
import { promtool } from '../../harness/promtool.js';
import { needs } from '../../harness/requirements.js';

function run(command: string, ...words: string[]): string {
  return execFileSync(command, words, { encoding: 'utf8', stdio: 'pipe', cwd: repository });
}

describe('promtool', needs({ commands: ['promtool'] }), () => {
  test('accepts every rule without a warning', () => {
    expect(run('promtool', 'check', 'rules', '--lint-fatal', ...ruleFiles)).not.toMatch(/FAILED|duplicate/);
  });

  test.concurrent.each(stems('alerts/tests', '.test.yaml'))(
    'passes the tests of %s',
    { timeout: 240_000 },
    async (stem) => {
      expect(await promtool('test', 'rules', join(repository, `alerts/tests/${stem}.test.yaml`))).toContain('SUCCESS');
    },
  );
});

describe('amtool', needs({ commands: ['amtool'] }), () => {
  const folder = 'alerts/alertmanager';
  const configurations = stems(folder, '.yaml').map((stem) => join(folder, `${stem}.yaml`));

  test.each(configurations)('accepts %s', (file) => {
    expect(run('amtool', 'check-config', file)).toContain('SUCCESS');
  });

  test('routes what needs action to the admins, and what is only worth knowing elsewhere', () => {
    const words = ['config', 'routes', 'test', `--config.file=${folder}/alertmanager.yaml`];
    expect(run('amtool', ...words, 'severity=critical', 'scenario=crash_loop').trim()).toBe('admins');
    expect(run('amtool', ...words, 'severity=warning', 'scenario=crash_loop').trim()).toBe('admins');
    expect(run('amtool', ...words, 'severity=info', 'scenario=watcher_blind').trim()).toBe('news');
  });
});
