/** Kinds of parameters of alerts. */
import { z } from 'zod';
import { type IdentityLabel, identityLabels } from '../../src/config/identity_labels.js';
import { anyOf, mustBe, mustListOne } from '../../src/config/sentences.js';
import { secondsOf } from './durations.js';

function number(what: string, isValid: (value: number) => boolean) {
  const error = mustBe(what);
  return z.number({ error }).refine(isValid, { error });
}

/** A share of a whole. */
export const share = number('a share between 0 and 1, such as 0.85', (value) => value > 0 && value < 1);

/** A number of anything. */
export const amount = number('a number above 0', (value) => value > 0);

/** A duration as seconds. @param what describes it. @param minimum, maximum seconds */
export function duration(what: string, minimum: number, maximum: number) {
  const error = mustBe(what);
  return z
    .string({ error })
    .transform(secondsOf)
    .refine((seconds) => seconds >= minimum && seconds <= maximum, { error });
}

const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];
export const severity = z.enum(severities, { error: mustBe(anyOf(severities)) });

const commandError = mustBe('a regular expression without quotes, such as systemd-.* or mount\\..*');
const command = z.string({ error: commandError }).refine(isExpression, { error: commandError });

/** Names of commands, each a regular expression for a whole name, as the text of a PromQL matcher. */
export const commands = z
  .array(command, { error: mustBe('a list of names of commands') })
  .min(1, mustListOne('command'))
  .transform((names) => names.join('|').replaceAll('\\', '\\\\'));

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) !== undefined && text !== '' && !text.includes('"');
  } catch {
    return false;
  }
}

/** The exporter's setting `identity`: a list, or its elements with commas between them. */
export const identity = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? value.split(/ *, */) : value))
  .refine(isIdentity, { error: mustBe(`a list of ${anyOf(identityLabels)}, each once`) })
  .transform((value) => value as readonly IdentityLabel[]);

function isIdentity(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size < value.length) return false;
  return value.every((one) => identityLabels.includes(one));
}
