import { type Html, html } from '../html.js';
import { durationText, FLAME_PATH } from './flame_links.js';
import { lengthText, shownName } from './flame_text.js';
import type { FlameView } from './flame_view.js';

interface Option {
  readonly value: string;
  readonly text: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WINDOWS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
const KINDS = [
  { value: 'cpu', text: 'on a CPU' },
  { value: 'offcpu', text: 'waiting' },
];

/** The form that chooses what the page shows. It needs no script. */
export function flameForm({ query, labels }: FlameView): Html {
  const { from, to, kind, diffMs, filter, isNow } = query;
  const at = isNow ? undefined : html`<input type="hidden" name="at" value="${Math.round(to / 1000)}">`;
  const windows = [...new Set([...WINDOWS, to - from])].sort((one, other) => one - other);
  const compared = [...new Set([HOUR, ...(diffMs === undefined ? [] : [diffMs])])];
  const chosen = (milliseconds: number) => ({ value: durationText(milliseconds), text: lengthText(milliseconds) });
  const labelFields = [...new Set([...labels.keys(), ...filter.keys()])].map((label) => {
    const selected = filter.get(label) ?? [];
    const values = [...new Set([...selected, ...(labels.get(label) ?? [])])];
    return field(label, label, [{ value: '', text: 'any' }, ...values.map(optionOf)], selected);
  });
  return html`<form action="${FLAME_PATH}" method="get">
${at}${field('Threads', 'kind', KINDS, [kind])}
${field('Length', 'window', windows.map(chosen), [durationText(to - from)])}
${labelFields}
${field(
  'Compare with',
  'diff',
  [{ value: '', text: 'nothing' }, ...compared.map((one) => ({ ...chosen(one), text: `${lengthText(one)} earlier` }))],
  diffMs === undefined ? [] : [durationText(diffMs)],
)}
<button type="submit">Show</button>
</form>`;
}

function optionOf(value: string): Option {
  return { value, text: value === '' ? '(empty)' : shownName(value) };
}

function field(title: string, name: string, options: readonly Option[], selected: readonly string[]): Html {
  const items = options.map(
    ({ value, text }) =>
      html`<option value="${value}"${selected.includes(value) ? html` selected` : undefined}>${text}</option>`,
  );
  return html`<label>${title}<select name="${name}"${selected.length > 1 ? html` multiple` : undefined}>${items}</select></label>`;
}
