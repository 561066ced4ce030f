import { secondsOf } from '../../profiles/amounts.js';
import { kindOf } from '../../profiles/flame_tree.js';
import { frameName } from '../../profiles/frame_name.js';
import type { FunctionCost } from '../../profiles/hottest_functions.js';
import { type Html, html } from '../html.js';
import { amountText, lengthText, secondsText, shareText, shownName } from './flame_text.js';
import type { FlameView } from './flame_view.js';

const CODE = { kernel: 'kernel', jit: 'JIT-compiled', user: '', other: '' } as const;

/** The hottest functions, or those that changed most, as a table: the graph for readers who cannot see it. */
export function functionTable(view: FlameView): Html {
  const { hottest, before, query } = view;
  if (hottest.length === 0) return html``;
  const title = before ? 'Functions that changed most' : 'Hottest functions';
  const earlier = before && lengthText(query.diffMs!);
  const columns = before
    ? html`<th scope="col" class="number">Self</th><th scope="col" class="number">${earlier} earlier</th><th scope="col" class="number">Change</th><th scope="col" class="number">With callees</th>`
    : html`<th scope="col" class="number">Self</th><th scope="col" class="number">Share</th><th scope="col" class="number">With callees</th><th scope="col" class="number">Share</th>`;
  return html`<h2 id="functions">${title}</h2>
<table class="functions">
<caption>${title}</caption>
<thead><tr><th scope="col">Function</th>${columns}</tr></thead>
<tbody>
${hottest.map((cost) => row(cost, view))}</tbody>
</table>`;
}

function row(cost: FunctionCost, view: FlameView): Html {
  const { frame } = cost;
  const code = CODE[kindOf(frame)];
  const module = code === '' ? html`<bdi>${shownName(frame.module)}</bdi>` : code;
  return html`<tr><th scope="row"><bdi>${shownName(frameName(frame))}</bdi><span class="quiet">${module}</span></th>${view.before ? changes(cost, view) : shares(cost, view)}</tr>
`;
}

function shares({ self, total }: FunctionCost, { profile, totals }: FlameView): Html {
  return html`${cell('Self', amountText(self, profile))}${cell('Share', shareText(self, totals.value))}${cell('With callees', amountText(total, profile))}${cell('Share', shareText(total, totals.value))}`;
}

function changes({ self, selfBefore, total }: FunctionCost, { profile, query }: FlameView): Html {
  const change = secondsOf(self - selfBefore, profile);
  const text = change === 0 ? '0 s' : `${change < 0 ? '−' : '+'}${secondsText(Math.abs(change))}`;
  const earlier = `${lengthText(query.diffMs!)} earlier`;
  return html`${cell('Self', amountText(self, profile))}${cell(earlier, amountText(selfBefore, profile))}${cell('Change', text)}${cell('With callees', amountText(total, profile))}`;
}

function cell(title: string, text: string): Html {
  return html`<td class="number" data-label="${title}">${text}</td>`;
}
