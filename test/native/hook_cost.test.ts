import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/** Names of the loaded programs. */
function loadedPrograms(): string[] {
  const list = JSON.parse(execFileSync('bpftool', ['--json', 'prog', 'list']).toString()) as { name?: string }[];
  return list.flatMap(({ name }) => name ?? []);
}

describe('the cost of a hook', needs({ root: true, bpf: true, commands: ['bpftool'] }), () => {
  test('is measured in nanoseconds, and leaves no program behind', async () => {
    const nanoseconds = await addon.hookCost();
    expect(nanoseconds).toBeGreaterThanOrEqual(0);
    expect(nanoseconds).toBeLessThan(100_000);
    // The kernel frees a program some milliseconds after its end.
    await vi.waitFor(() => expect(loadedPrograms()).not.toContain('santabpf_empty'), {
      timeout: 20_000,
      interval: 100,
    });
  });

  test('can be measured several times at once', async () => {
    const measured = await Promise.all([addon.hookCost(), addon.hookCost(), addon.hookCost()]);
    expect(measured.every(Number.isFinite)).toBe(true);
  });
});
