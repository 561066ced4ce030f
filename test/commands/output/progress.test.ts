import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withProgress } from '../../../src/commands/output/progress.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function shown(milliseconds: number, isTTY: boolean): Promise<string> {
  let text = '';
  const work = new Promise<number>((resolve) => setTimeout(resolve, milliseconds, 7));
  const result = withProgress('Trying', work, { isTTY, write: (more) => (text += more) });
  await vi.advanceTimersByTimeAsync(milliseconds);
  expect(await result).toBe(7);
  return text;
}

it('shows nothing for the first two seconds', async () => {
  expect(await shown(1900, true)).toBe('');
});

it('then shows what is waited for, and takes it away at the end', async () => {
  const text = await shown(3100, true);
  expect(text).toBe('\rTrying: 2 s\rTrying: 3 s\r\x1b[K');
});

it('writes only to terminals', async () => {
  expect(await shown(5000, false)).toBe('');
});
