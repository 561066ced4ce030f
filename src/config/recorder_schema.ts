/** The flight recorder: where it keeps stacks, and how many bytes of them. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe } from './sentences.js';

const leastBytes = 1e6;
const mostBytes = 1e12;
const units = new Map([
  ['MB', 1e6],
  ['MiB', 2 ** 20],
  ['GB', 1e9],
  ['GiB', 2 ** 30],
]);

function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,6}) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = units.get(unit);
  return factor && Number(digits) * factor;
}

const sizeError = mustBe('a size from 1MB to 1000GB, such as 64MB or 1GiB');
const isSize = (bytes: number | undefined) => bytes !== undefined && bytes >= leastBytes && bytes <= mostBytes;
const size = z.string({ error: sizeError }).refine((value) => isSize(parseSize(value)), { error: sizeError });

const pathError = mustBe('the absolute path of a folder, such as /var/lib/santabpf');
const path = z
  .string({ error: pathError })
  .max(4096, pathError)
  .regex(/^\/[^\0]*$/, pathError);

export const recorder = mapping(
  { size: size.default('64MB'), path: path.optional() },
  'a mapping such as { size: 64MB }',
);

/** What the main file says about the flight recorder. */
export interface RecorderConfiguration {
  /** Most bytes on disk. */
  readonly size: number;
  /** The state directory, absolute; undefined: the default. */
  readonly path: string | undefined;
}

/** Undefined: off. */
export function recorderOf(setting: z.output<typeof recorder> | undefined): RecorderConfiguration | undefined {
  return setting && { size: parseSize(setting.size)!, path: setting.path };
}
