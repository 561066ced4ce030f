import { expect, test } from 'vitest';
import { repertoire, turnsOf } from './repertoire.mjs';

const names = [...repertoire.keys()];

test('every scenario has its turn once, and what kills the exporter comes last', () => {
  const { together, oneByOne } = turnsOf(names);
  expect([...together, ...oneByOne].sort()).toEqual(names);
  expect(oneByOne.at(-1)).toBe('watcher_blind');
});

test('what takes the whole machine does not run beside others', () => {
  const { together } = turnsOf(names);
  expect(together).not.toContain('cpu_high');
  expect(together).not.toContain('run_queue_saturated');
  expect(together).toContain('crash_loop');
});

test.each([...repertoire])('%s says what must come, and whose name must be in it', (_, { story, expected, sign }) => {
  expect(story).toMatch(/^\S.{15,}[^.]$/);
  expect(sign).not.toBe('');
  expect(expected.length).toBeGreaterThan(0);
  for (const { alert, culprit } of expected) {
    expect(alert).toMatch(/^Santa[A-Z]/);
    expect(culprit).not.toBe('');
  }
});
