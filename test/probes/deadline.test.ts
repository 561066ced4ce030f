import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/probes/deadline.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

async function hasPassed(deadline: Deadline): Promise<boolean> {
  return await Promise.race([deadline.passed.then(() => true), Promise.resolve().then(() => false)]);
}

test('passes when the time is up, and not before', async () => {
  const deadline = new Deadline(1000);
  vi.advanceTimersByTime(999);
  expect(await hasPassed(deadline)).toBe(false);
  vi.advanceTimersByTime(1);
  await deadline.passed;
});

test('passes at once when it is ended, and leaves no timer', async () => {
  const deadline = new Deadline(1000);
  deadline.end();
  deadline.end();
  await deadline.passed;
  expect(vi.getTimerCount()).toBe(0);
});
