import { describe, expect, it } from 'vitest';
import { SantaError } from '../../src/errors/fault.js';
import { fileQuery, flameQuery } from '../../src/http/profiles/profile_query.js';

const now = 1_764_240_000_500;

describe('the query of a flame graph', () => {
  it('shows the last five minutes on a CPU by default', () => {
    expect(flameQuery({}, now)).toEqual({
      kind: 'cpu',
      from: now - 300_000,
      to: now,
      filter: new Map(),
      diffMs: undefined,
      isNow: true,
    });
  });

  it('takes a time, a length, labels and a comparison; what is empty is absent', () => {
    const query = {
      at: '1764230000',
      window: '1h30m',
      kind: 'offcpu',
      diff: '1h',
      command: ['a', 'b'],
      pod: '',
      unit: 'u',
    };
    expect(flameQuery(query, now)).toEqual({
      kind: 'offcpu',
      from: 1_764_224_600_000,
      to: 1_764_230_000_000,
      filter: new Map([
        ['command', ['a', 'b']],
        ['unit', ['u']],
      ]),
      diffMs: 3_600_000,
      isNow: false,
    });
  });

  it.each([
    ['1.7642e+09', 1_764_200_000_000],
    ['1764239999.25', 1_764_239_999_250],
    ['1764240030', 1_764_240_030_000],
  ])('takes the time %s, also if the clock of the client is a little ahead', (at, to) => {
    expect(flameQuery({ at }, now).to).toBe(to);
  });

  it.each(['15s', '24h', '1d', '90s'])('takes the length %s', (window) => {
    expect(flameQuery({ window }, now).to).toBe(now);
  });

  it.each([
    [{ at: 'yesterday' }, '"at" cannot be "yesterday"'],
    [{ at: '1764240000500' }, '"at" cannot be "1764240000500"'],
    [{ at: '-1' }, '"at" cannot be "-1"'],
    [{ at: ['1', '2'] }, '"at" is given 2 times'],
    [{ window: '14s' }, '"window" cannot be "14s"'],
    [{ window: '25h' }, '"window" cannot be "25h"'],
    [{ window: '2d' }, '"window" cannot be "2d"'],
    [{ window: '300' }, '"window" cannot be "300"'],
    [{ diff: 'yes' }, '"diff" cannot be "yes"'],
    [{ kind: 'gpu' }, '"kind" cannot be "gpu"'],
    [{ windo: '5m' }, 'Unknown parameter "windo"'],
    [{ ['x'.repeat(100)]: '' }, `Unknown parameter "${'x'.repeat(64)}"`],
    [{ seconds: '5' }, 'Unknown parameter "seconds"'],
  ])('refuses %j', (query, message) => {
    expect(() => flameQuery(query, now)).toThrow(message);
  });

  it('names the nearest parameter', () => {
    try {
      flameQuery({ contaner: 'x' }, now);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SantaError);
      expect((error as SantaError).remedy).toBe('Did you mean "container"?');
    }
  });
});

describe('the query of a file', () => {
  it('collects for 30 seconds by default, in the format of pprof', () => {
    expect(fileQuery({}, now)).toEqual({ source: { seconds: 30, filter: new Map() }, format: 'pprof' });
    expect(fileQuery({ seconds: '300', command: 'a', format: 'folded' }, now)).toEqual({
      source: { seconds: 300, filter: new Map([['command', ['a']]]) },
      format: 'folded',
    });
  });

  it('reads what was recorded if it has a time or a length', () => {
    expect(fileQuery({ window: '1m' }, now).source).toEqual({ from: now - 60_000, to: now, filter: new Map() });
    expect(fileQuery({ at: '1000' }, now).source).toEqual({ from: 700_000, to: 1_000_000, filter: new Map() });
  });

  it.each([
    [{ seconds: '0' }, '"seconds" cannot be "0"'],
    [{ seconds: '301' }, '"seconds" cannot be "301"'],
    [{ seconds: '1.5' }, '"seconds" cannot be "1.5"'],
    [{ seconds: '1e2' }, '"seconds" cannot be "1e2"'],
    [{ seconds: '5', window: '5m' }, '"seconds" cannot be combined with "at" or "window"'],
    [{ format: 'svg' }, '"format" cannot be "svg"'],
    [{ kind: 'cpu' }, 'Unknown parameter "kind"'],
  ])('refuses %j', (query, message) => {
    expect(() => fileQuery(query, now)).toThrow(message);
  });
});
