import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run, SetupFault } from '../../setup/step.mjs';

const node = process.execPath;
const setup = fileURLToPath(new URL('../../setup/setup.mjs', import.meta.url));

test('a failed command is reported with its last lines and the remedy', async () => {
  const script = 'for (let i = 1; i <= 100; i++) console.error("line " + i); process.exit(3)';
  const failure = run('compiling', node, ['-e', script], { cwd: '/', remedy: 'Do this.' });
  await expect(failure).rejects.toThrow(SetupFault);
  await expect(failure).rejects.toThrow(
    /^compiling failed: .* ended with 3\.\nDo this\.\nIts last lines:\nline 61\n(?:line \d+\n)+line 100$/,
  );
});

test('a missing command is a failure', async () => {
  await expect(run('compiling', '/no/such/compiler', [], { cwd: '/' })).rejects.toThrow('ENOENT');
});

test('an unknown purpose is refused with the known ones', () => {
  const { status, stderr } = spawnSync(node, [setup, 'strat'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toBe('The set-up knows no purpose "strat". Choose one of: lint, build, bench, test.\n');
});

test('an older Node is refused in one sentence', () => {
  const old = 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });';
  const { status, stderr } = spawnSync(
    node,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, setup, 'build'],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/^SantaBPF needs Node\.js 20\.17 or newer; .* is 18\.20\.4\.$/m);
});
