import { layOutTexts } from '../../src/exposition/text_layout.js';
import type { Family, FamilyType } from '../../src/metrics/family.js';
import { seriesText } from '../../src/metrics/series_text.js';

export interface PlainSample {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

/** A family of one number per series. */
export function plainFamily(name: string, type: FamilyType, help: string, samples: readonly PlainSample[]): Family {
  const texts = samples.map(({ labels }) =>
    seriesText(
      name,
      labels.map(([label]) => label),
      labels.map(([, value]) => value),
    ),
  );
  const [series] = layOutTexts([texts]);
  const values = Float64Array.from(samples, ({ value }) => value);
  return {
    name,
    type,
    help,
    isEmpty: samples.length === 0,
    samples: { kind: 'scalar', series: series!, values, per: 1 },
  };
}
