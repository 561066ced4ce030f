import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../src/live/series_labels.js';
import { seriesText } from '../../src/metrics/series_text.js';

describe('the labels of a series', () => {
  it.each([
    [[], []],
    [['command'], ['nginx']],
    [
      ['command', 'peer_port'],
      ['a "b", c="d"}', '443'],
    ],
    [
      ['a', 'b'],
      ['\\', 'two\nlines\\n'],
    ],
    [
      ['empty', 'full'],
      ['', 'x'],
    ],
  ])('are read as they were written: %j %j', (names, values) => {
    const labels = names.map((name, index) => [name, values[index]]);
    expect(labelsOf(seriesText('santabpf_x_total', names, values))).toEqual(labels);
  });

  it('leaves out those that are not asked for', () => {
    expect(labelsOf('x{a="1",b="2",c="3"}', ['a', 'c'])).toEqual([['b', '2']]);
  });
});
