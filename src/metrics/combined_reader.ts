import type { CombineField } from '../decode/combine_field.js';
import type { NumberField } from '../decode/number_field.js';
import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';

/**
 * Makes the reader of one number for all CPUs of an entry. A CPU whose whole value is 0 has written nothing, and does not
 * take part; 0 if there is no other.
 */
export function combinedReader(field: NumberField, shape: EntryShape, combine: CombineField): NumberReader {
  if (combine.kind === 'sum') return numberReader(field, shape);
  if (combine.kind === 'average') return averageReader(numberReader(field, shape), numberReader(combine.count, shape));
  const read = numberReader(field, single);
  const rank = combine.kind === 'last' ? numberReader(combine.writtenAt, single) : read;
  switch (combine.kind) {
    case 'avg':
      return (view, at) => {
        let sum = 0;
        let count = 0;
        forEachWritten(view, at, shape, (place) => {
          sum += read(view, place);
          count++;
        });
        return count === 0 ? 0 : sum / count;
      };
    case 'min':
      return (view, at) =>
        read(
          view,
          highest(view, at, shape, (place) => -read(view, place)),
        );
    default:
      return (view, at) =>
        read(
          view,
          highest(view, at, shape, (place) => rank(view, place)),
        );
  }
}

function averageReader(sum: NumberReader, count: NumberReader): NumberReader {
  return (view, at) => {
    const values = count(view, at);
    return values === 0 ? 0 : sum(view, at) / values;
  };
}

/** Where the value with the highest rank begins. */
function highest(view: DataView, at: number, shape: EntryShape, rank: (place: number) => number): number {
  let found = at;
  let best = Number.NEGATIVE_INFINITY;
  forEachWritten(view, at, shape, (place) => {
    const next = rank(place);
    if (next <= best) return;
    best = next;
    found = place;
  });
  return found;
}

function forEachWritten(view: DataView, at: number, { cpus, cpuStride }: EntryShape, visit: (place: number) => void) {
  for (let cpu = 0, place = at; cpu < cpus; cpu++, place += cpuStride) {
    for (let offset = 0; offset < cpuStride; offset += 4) {
      if (view.getInt32(place + offset) === 0) continue;
      visit(place);
      break;
    }
  }
}
