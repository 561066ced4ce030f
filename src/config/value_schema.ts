/** Schemas of single values: texts, names, numbers, durations and bounds. */
import { z } from 'zod';
import { hiddenIn, showHidden } from '../visible_text.js';
import { fieldPath, labelName, mapName, probeName, symbolName, valuePath } from './names.js';
import { mustBe, refuse } from './sentences.js';
import { parseDuration, parseQuantity, parseUnit, type Quantity, unitNames } from './units.js';

export function text(what: string, maximum: number) {
  const error = mustBe(what);
  return z.string({ error }).trim().min(1, error).max(maximum, error);
}

/** Text that labels are made of or compared with: they have no control or invisible characters. */
export function labelText(schema: z.ZodString) {
  return schema.check(({ value, issues }) => {
    const character = hiddenIn(value);
    if (character === undefined) return;
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    refuse(
      issues,
      [],
      `{path} must not have the control or invisible character U+${code}: labels show it as ${showHidden(character)}`,
      `Remove the character, or write '${showHidden(character)}' in single quotes.`,
    );
  });
}

export function named(pattern: RegExp, what: string) {
  const error = mustBe(what);
  return z.string({ error }).regex(pattern, error);
}

export function integer(minimum: number, maximum: number) {
  const error = mustBe(`a whole number from ${minimum} to ${maximum}`);
  return z.int({ error }).min(minimum, error).max(maximum, error);
}

export const path = named(fieldPath, 'a path into a struct, such as dev, key.dev or slots[0]');
export const valueField = named(valuePath, 'a path into a struct, such as count, sum.bytes or counts[]');
export const program = named(symbolName, 'the name of a program in the object');
export const map = named(mapName, 'the name of a map in the object');
export const seriesLimit = integer(1, 1_000_000);
export const labelNameText = named(labelName, 'a label name (letters, digits and "_", no digit first)');
export const probeNameText = named(
  probeName,
  'a probe name (letters, digits, "_" and "-", a letter first, at most 64 characters)',
);

const durationError = mustBe('a duration of at least one second, such as 30s, 10m or 1h30m');
export const duration = z
  .string({ error: durationError })
  .refine((value) => (parseDuration(value) ?? 0) >= 1000, { error: durationError });

const quantityError = mustBe('a number, a time such as 1us or 16s, or a size such as 1KiB');
export const quantity = z
  .union([z.number(), z.string()], { error: quantityError })
  .transform((value, context): Quantity => {
    const parsed = parseQuantity(String(value));
    if (parsed !== undefined) return parsed;
    // An exponent, as in 1e-7: fine as a number, and not what parseQuantity reads.
    if (typeof value === 'number' && Number.isFinite(value)) return { value, base: undefined };
    context.issues.push({ code: 'custom', input: value, message: quantityError });
    return z.NEVER;
  });

const unitError = mustBe(
  `a unit (${unitNames.join(', ')}), a time or a size such as 10ms or 4KiB, or a factor such as 0.01`,
);
/** Names come first, for editors that complete them. */
export const unit = z
  .union([z.enum(unitNames, { error: unitError }), z.number(), z.string()], { error: unitError })
  .transform((value, context): string => {
    const setting = String(value);
    if (parseUnit(setting) !== undefined) return setting;
    context.issues.push({ code: 'custom', input: value, message: unitError });
    return z.NEVER;
  });
