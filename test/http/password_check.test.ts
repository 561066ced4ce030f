import { hashSync } from 'bcryptjs';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/http/limits.js';
import { PasswordCheck } from '../../src/http/password_check.js';

const users = new Map([
  ['alice', hashSync('wonderland', 4)],
  ['bob', hashSync('builder', 4)],
]);
const checks: PasswordCheck[] = [];
afterEach(async () => {
  for (const check of checks.splice(0)) await check.close();
});
const make = () => {
  const check = new PasswordCheck();
  checks.push(check);
  return {
    verify: (all: ReadonlyMap<string, string>, user: string, password: string, client = '192.0.2.1') =>
      check.verify(all, user, password, client),
    close: () => check.close(),
  };
};

describe('PasswordCheck', () => {
  it.each([
    ['alice', 'wonderland', 'right'],
    ['alice', 'builder', 'wrong'],
    ['bob', 'builder', 'right'],
    ['carol', 'wonderland', 'wrong'],
    ['carol', '', 'wrong'],
    ['', '', 'wrong'],
    ['alice', '\u0000wonderland', 'wrong'],
    ['alice', 'x'.repeat(10_000), 'wrong'],
  ])('answers %s with %j: %s, both times', async (user, password, verdict) => {
    const check = make();
    expect(await check.verify(users, user, password)).toBe(verdict);
    expect(await check.verify(users, user, password)).toBe(verdict);
  });

  it('caches verdicts: later scrapes do not run bcrypt', async () => {
    const costly = new Map([['alice', hashSync('wonderland', 12)]]);
    const check = make();
    await check.verify(costly, 'alice', 'wonderland');
    const before = performance.now();
    for (let round = 0; round < 100; round++) await check.verify(costly, 'alice', 'wonderland');
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('does not block the event loop', async () => {
    const costly = new Map([['alice', hashSync('wonderland', 12)]]);
    const check = make();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    expect(await check.verify(costly, 'alice', 'guess')).toBe('wrong');
    clearInterval(timer);
    // The check takes about 300 ms.
    expect(longest).toBeLessThan(100);
  });

  it('does not use a cached verdict after the hash changed', async () => {
    const check = make();
    expect(await check.verify(users, 'alice', 'wonderland')).toBe('right');
    expect(await check.verify(new Map([['alice', hashSync('new', 4)]]), 'alice', 'wonderland')).toBe('wrong');
    expect(await check.verify(new Map(), 'alice', 'wonderland')).toBe('wrong');
  });

  it('limits the guesses of a client that wait, and keeps the right password cached', async () => {
    const check = make();
    expect(await check.verify(users, 'alice', 'wonderland')).toBe('right');
    const guesses = Array.from({ length: 500 }, (_, index) => check.verify(users, 'bob', `guess ${index}`));
    expect(await check.verify(users, 'alice', 'wonderland')).toBe('right');
    const verdicts = await Promise.all(guesses);
    expect(verdicts).not.toContain('right');
    // One runs.
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(LIMITS.pendingPasswordsOfClient + 1);
    expect(await check.verify(users, 'bob', 'builder')).toBe('right');
  });

  it('limits the guesses of all clients that wait', async () => {
    const check = make();
    const guesses = Array.from({ length: 50 }, (_, index) => check.verify(users, 'bob', `guess ${index}`, `${index}`));
    const verdicts = await Promise.all(guesses);
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(LIMITS.pendingPasswords + 1);
  });

  it('checks a password of another client after one guess of a flood', async () => {
    const check = make();
    const ended: string[] = [];
    const verify = async (password: string, client: string) => {
      if ((await check.verify(users, 'alice', password, client)) !== 'busy') ended.push(password);
    };
    const flood = Array.from({ length: 100 }, (_, index) => verify(`guess ${index}`, 'attacker'));
    await Promise.all([...flood, verify('wonderland', 'scraper')]);
    expect(ended.indexOf('wonderland')).toBeLessThanOrEqual(2);
    expect(ended).toHaveLength(LIMITS.pendingPasswordsOfClient + 2);
  });

  it('runs concurrent equal checks once', async () => {
    const check = make();
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => check.verify(users, 'alice', 'wonderland')));
    expect(new Set(verdicts)).toEqual(new Set(['right']));
  });

  it('takes as long for an unknown user as for a known one', async () => {
    const costly = new Map([
      ['alice', hashSync('wonderland', 11)],
      ['bob', hashSync('builder', 4)],
    ]);
    const check = make();
    await check.verify(costly, 'bob', 'warm up');
    const time = async (user: string) => {
      const before = performance.now();
      await check.verify(costly, user, 'guess');
      return performance.now() - before;
    };
    const [known, unknown] = [await time('alice'), await time('nobody')];
    expect(unknown).toBeGreaterThan(known / 3);
  });

  it('answers busy and caches nothing when its thread ends', async () => {
    const check = make();
    const asked = check.verify(users, 'alice', 'wonderland');
    await Promise.resolve();
    await check.close();
    expect(await asked).toBe('busy');
    expect(await check.verify(users, 'alice', 'wonderland')).toBe('right');
  });
});
