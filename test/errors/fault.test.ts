import { expect, test } from 'vitest';
import { describeFault, Faults, fault } from '../../src/errors/fault.js';
import type { Location } from '../../src/errors/location.js';

const at = (excerpt: string, column: number): Location => ({ file: 'f.yaml', line: 3, column, excerpt });
const shown = (location?: Location) =>
  describeFault(fault('CONFIG_PROBE_NAME', { stem: 'a', name: 'b' }, { location })).split('\n');

test('a fault without a place shows its sentence, its code and its remedy', () => {
  expect(shown()).toEqual([
    'Probe name "b" does not match the file name "a.yaml" [CONFIG_PROBE_NAME]',
    '  Write "probe: a", or rename the file to "b.yaml".',
  ]);
});

test('the caret stands under the column', () => {
  const [sentence, line, caret] = shown(at('probe: b', 8));
  expect(sentence).toMatch(/^f\.yaml:3:8: Probe name /);
  expect([line, caret]).toEqual(['  probe: b', '         ^']);
});

test('tabs do not shift the caret, and control characters do not reach the terminal', () => {
  expect(shown(at('\tprobe:\u001b[31m b', 8)).slice(1, 3)).toEqual(['   probe: [31m b', '         ^']);
});

test('a long line is cut around the column', () => {
  const [, line = '', caret = ''] = shown(at(`${'x'.repeat(500)}!${'y'.repeat(500)}`, 501));
  expect(line.length).toBeLessThan(130);
  expect(line[caret.indexOf('^')]).toBe('!');
  expect(line).toMatch(/^ {2}…x+!y+…$/);
});

test('several faults are separated by an empty line', () => {
  const one = fault('CONFIG_PROBE_NAME', { stem: 'a', name: 'b' });
  expect(new Faults([one, one]).message).toBe(`${describeFault(one)}\n\n${describeFault(one)}`);
});
