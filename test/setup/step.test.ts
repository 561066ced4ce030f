import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run, SetupFault } from '../../setup/step.mjs';

const node = process.execPath;
const setup = fileURLToPath(new URL('../../setup/setup.mjs', import.meta.url));

test('a command that fails is told with its last lines and what to do', async () => {
  const script = 'for (let i = 1; i <= 100; i++) console.error("line " + i); process.exit(3)';
  const failure = run('compiling', node, ['-e', script], { cwd: '/', remedy: 'Do this.' });
  await expect(failure).rejects.toThrow(SetupFault);
  await expect(failure).rejects.toThrow(
    /^compiling failed: .* ended with 3\.\nDo this\.\nIts last lines:\nline 61\n(?:line \d+\n)+line 100$/,
  );
});

test('a command that is not there is a failure as well', async () => {
  await expect(run('compiling', '/no/such/compiler', [], { cwd: '/' })).rejects.toThrow('ENOENT');
});

test('a purpose that does not exist is refused with those that do', () => {
  const { status, stderr } = spawnSync(node, [setup, 'strat'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toBe('Expected one of lint, build, start, test but received "strat".\n');
});

test('an older Node is told so in one sentence', () => {
  const old = 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });';
  const { status, stderr } = spawnSync(
    node,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, setup, 'start'],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Expected Node\.js 20\.17 or newer but received 18\.20\.4/);
});
