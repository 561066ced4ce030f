import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/http/limits.js';
import { PasswordCheck } from '../../src/http/password_check.js';

const users = new Map([
  ['alice', hashSync('wonderland', 4)],
  ['bob', hashSync('builder', 4)],
]);
/** "wonderland", for which a check takes about 150 ms. */
const costly = new Map([['alice', '$2b$11$BFI.3Ri1H9W8I/h4jVAnjuGJNNRygq.qnvG7lzqIB5d99bBUiGFyK']]);
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
  const shared = new PasswordCheck();
  afterAll(() => shared.close());

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
    expect(await shared.verify(users, user, password, '192.0.2.1')).toBe(verdict);
    expect(await shared.verify(users, user, password, '192.0.2.1')).toBe(verdict);
  });

  it('caches verdicts: later scrapes do not run bcrypt', async () => {
    const check = make();
    await check.verify(users, 'alice', 'wonderland');
    // A message of the thread could only arrive in a later turn of the event loop.
    const nextTurn = new Promise((resolve) => setImmediate(resolve, 'not cached'));
    expect(await Promise.race([check.verify(users, 'alice', 'wonderland'), nextTurn])).toBe('right');
  });

  it('does not block the event loop', async () => {
    const check = make();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    expect(await check.verify(costly, 'alice', 'guess')).toBe('wrong');
    clearInterval(timer);
    // On the event loop itself bcryptjs would let others run at most every 100 ms.
    expect(turns).toBeGreaterThan(10);
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
    // A check takes about 40 ms.
    const alice = '$2b$09$sAdxaArebqplr98ZfTUKMOlMCtCvC8voO9IXYKIbE4.4CLDrULjLy';
    const cheapAndCostly = new Map([...users, ['alice', alice]]);
    const check = make();
    await check.verify(cheapAndCostly, 'bob', 'warm up');
    const time = async (user: string, guess: string) => {
      const before = performance.now();
      await check.verify(cheapAndCostly, user, guess);
      return performance.now() - before;
    };
    // The shortest times: other load of the machine adds to some.
    const shortest = { alice: Number.POSITIVE_INFINITY, nobody: Number.POSITIVE_INFINITY };
    for (const guess of ['a', 'b', 'c']) {
      for (const user of ['alice', 'nobody'] as const)
        shortest[user] = Math.min(shortest[user], await time(user, guess));
    }
    expect(shortest.nobody).toBeGreaterThan(shortest.alice / 3);
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
