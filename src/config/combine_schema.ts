/** `combine`: how the values that a per-CPU map has for one key become one gauge. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe, refuse } from './sentences.js';
import { path } from './value_schema.js';

const error = mustBe('sum, max, min, avg, { last: FIELD } or { average: FIELD }');

export const combine = z
  .union(
    [
      z.enum(['sum', 'max', 'min', 'avg', 'last'], { error }),
      mapping({ last: path }, 'a mapping such as { last: written_at }'),
      mapping({ average: path }, 'a mapping such as { average: count }'),
    ],
    { error },
  )
  .check(({ value, issues }) => {
    if (value !== 'last') return;
    const remedy =
      'Let the program keep the time in the value: `combine: { last: written_at }`. Or show each CPU by a label.';
    refuse(issues, [], '{path}: `last` needs the field that says when a CPU wrote its value', remedy);
  })
  .transform((value) => value as CombineSpec);

export type CombineSpec = 'sum' | 'max' | 'min' | 'avg' | { readonly last: string } | { readonly average: string };
