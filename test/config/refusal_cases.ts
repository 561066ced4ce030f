import { describe, expect, test } from 'vitest';
import { type Files, mainOfOne, probeOf, refusal } from './configuration_folder.js';

/** Configurations that must be refused: the main file, the probe file, or one metric or label of it. */
export const main = (text: string): Files => ({ 'main.yaml': text, 'probes/p.yaml': probeOf({}) });
export const probe = (text: string): Files => ({ 'main.yaml': mainOfOne, 'probes/p.yaml': text });
export const metric = (lines: Record<string, string | undefined>): Files => probe(probeOf(lines));
export const label = (text: string): Files => metric({ labels: `{ l: ${text} }` });
export const histogram = (lines: Record<string, string | undefined>): Files =>
  metric({ name: 'wait_seconds', type: 'histogram', unit: 'ns', ...lines });

/** A test for each case. The texts are in __snapshots__: read them aloud after `vitest -u`. */
export function testRefusals(tables: Readonly<Record<string, Readonly<Record<string, Files>>>>): void {
  for (const [table, cases] of Object.entries(tables)) {
    describe(table, () => {
      test.each(Object.entries(cases))('%s', (_, files) => {
        const text = refusal(files);
        expect(text).not.toBe('accepted');
        expect(`\n${text}\n`).toMatchSnapshot();
      });
    });
  }
}
