import type { ProbeState } from '../metrics/probe_status.js';
import type { ProbeStatus } from './exporter.js';
import { type Html, html } from './html.js';
import { warningsOf } from './probe_warnings.js';

/** What one probe, or several alike, have to say. */
interface Problem {
  readonly look: string;
  readonly label: Html | undefined;
  readonly paragraphs: readonly Html[];
}

/** What the host's admin should look at, worst first; undefined if there is nothing. Probes with the same problem share an item. */
export function problemSection(probes: readonly ProbeStatus[]): Html | undefined {
  const troubled = worstFirst(probes.filter(hasProblem));
  if (troubled.length === 0) return undefined;
  const alike = new Map<string, ProbeStatus[]>();
  for (const probe of troubled) {
    const text = String(item([], problemOf(probe, 'Each')));
    alike.set(text, [...(alike.get(text) ?? []), probe]);
  }
  return html`<section class="problems" aria-labelledby="problems">
<h2 id="problems">Problems</h2>
<ul>
${[...alike.values()].map((some) => item(some, problemOf(some[0]!, some.length > 1 ? 'Each' : undefined)))}</ul>
</section>`;
}

const urgency: readonly ProbeState[] = ['down', 'suspended', 'up', 'unsupported'];

/** Probes by their state; those in one state stay in order. */
export function worstFirst(probes: readonly ProbeStatus[]): ProbeStatus[] {
  return [...probes].sort((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state));
}

/** Whether there is more to say about a probe than that it is up. */
export function hasProblem(probe: ProbeStatus): boolean {
  return probe.reason !== undefined || warningsOf(probe).length > 0;
}

function item(probes: readonly ProbeStatus[], { look, label, paragraphs }: Problem): Html {
  const links = probes.map(({ name }) => html`<a href="#probe-${name}">${name}</a> `);
  return html`<li class="${look}-reason">${links}${label}${paragraphs}</li>
`;
}

/** @param subject in the place of the probe's name in its reason */
function problemOf(probe: ProbeStatus, subject: string | undefined): Problem {
  const { name, state, reason } = probe;
  const paragraphs: Html[] = [];
  if (reason) {
    const { message, code, remedy } = reason;
    const text = subject === undefined ? message : message.replaceAll(`Probe "${name}"`, subject);
    paragraphs.push(html`<p>${text} <code>${code}</code><span class="remedy">${remedy}</span></p>`);
  }
  for (const { text } of warningsOf(probe, reason?.code === 'PROBE_LATE')) paragraphs.push(html`<p>${text}</p>`);
  return {
    look: state === 'up' ? 'partly' : state,
    label: state === 'up' ? undefined : html`<span class="state ${state}">${state}</span>`,
    paragraphs,
  };
}
