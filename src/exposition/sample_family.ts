import type { Family, FamilyType, Format } from '../metrics/family.js';
import { labelText } from '../metrics/label_text.js';
import { numberText } from '../metrics/number_text.js';
import type { PageWriter } from '../metrics/page_writer.js';

/** One line of an exposition. */
export interface Sample {
  /** What follows the family's name: `_total`, `_bucket`, ... */
  readonly suffix: string;
  /** Names and values in the order in which they are written. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

/** A family of plain samples. Those of one label set must follow each other, and no series may occur twice. */
export class SampleFamily implements Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly #samples: readonly Sample[];

  constructor(name: string, type: FamilyType, help: string, samples: readonly Sample[]) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.#samples = samples;
  }

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  write(page: PageWriter, position: number, _format: Format): number | undefined {
    for (let index = position; index < this.#samples.length; index++) {
      if (page.hasFullChunk) return index;
      const { suffix, labels, value } = this.#samples[index]!;
      const names = labels.map(([name]) => name);
      const values = labels.map(([, text]) => text);
      const text = labels.length > 0 ? `{${labelText(names, values)}}` : '';
      page.text(`${this.name}${suffix}${text} ${numberText(value)}\n`);
    }
    return undefined;
  }
}
