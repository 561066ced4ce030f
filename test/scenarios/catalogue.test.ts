import { expect, test } from 'vitest';
import { catalogue, schedule } from './catalogue.mjs';

const names = [...catalogue.keys()];

test('every scenario is scheduled once', () => {
  const { parallel, sequential } = schedule(names);
  expect([...parallel, ...sequential].sort()).toEqual(names);
});

test('scenarios that load the whole machine run alone', () => {
  const { parallel } = schedule(names);
  expect(parallel).not.toContain('cpu_high');
  expect(parallel).not.toContain('run_queue_saturated');
  expect(parallel).toContain('crash_loop');
});

test.each([...catalogue])(
  '%s has a story, a symptom, and the expected alerts with their culprits',
  (_, { story, expected, symptom }) => {
    expect(story).toMatch(/^\S.{15,}[^.]$/);
    expect(symptom).not.toBe('');
    expect(expected.length).toBeGreaterThan(0);
    for (const { alert, culprit } of expected) {
      expect(alert).toMatch(/^Santa[A-Z]/);
      expect(culprit).not.toBe('');
    }
  },
);
