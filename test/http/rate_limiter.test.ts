import { describe, expect, it, test } from 'vitest';
import { parseGoDuration } from '../../src/http/go_duration.js';
import { type RateLimit, RateLimiter } from '../../src/http/rate_limiter.js';

describe('a rate limiter', () => {
  let now = 0;
  let limit: RateLimit | undefined;
  const limiterOf = (first: RateLimit | undefined) => {
    now = 1e6;
    limit = first;
    return new RateLimiter(
      () => limit,
      () => now,
    );
  };
  const allowed = (limiter: RateLimiter, requests: number) =>
    Array.from({ length: requests }, () => limiter.refuse()).filter((seconds) => seconds === undefined).length;

  it('allows a burst, then one request per interval', () => {
    const limiter = limiterOf({ intervalMs: 1000, burst: 5 });
    expect(allowed(limiter, 20)).toBe(5);
    expect(limiter.refuse()).toBe(1);
    now += 750;
    expect(limiter.refuse()).toBe(0.25);
    now += 250;
    expect(allowed(limiter, 3)).toBe(1);
    now += 3000;
    expect(allowed(limiter, 9)).toBe(3);
    now += 3_600_000;
    expect(allowed(limiter, 9)).toBe(5);
  });

  it('allows everything without a limit', () => {
    expect(allowed(limiterOf(undefined), 1000)).toBe(1000);
  });

  it('begins anew with a changed limit, and keeps its count with an equal one', () => {
    const limiter = limiterOf({ intervalMs: 1000, burst: 2 });
    expect(allowed(limiter, 9)).toBe(2);
    limit = { intervalMs: 1000, burst: 2 };
    expect(allowed(limiter, 9)).toBe(0);
    limit = { intervalMs: 1000, burst: 3 };
    expect(allowed(limiter, 9)).toBe(3);
    limit = { intervalMs: 2000, burst: 3 };
    expect(allowed(limiter, 9)).toBe(3);
  });
});

test.each([
  ['0', 0],
  ['100ms', 100],
  ['1s', 1000],
  ['1m30s', 90_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['250us', 0.25],
  ['2h', 7_200_000],
  ['1', undefined],
  ['-1s', undefined],
  ['1 s', undefined],
  ['1d', undefined],
  ['', undefined],
])('a duration of Go: "%s"', (text, milliseconds) => {
  expect(parseGoDuration(text)).toBe(milliseconds);
});
