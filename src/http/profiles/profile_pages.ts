import type { SantaError } from '../../errors/fault.js';
import { Html, html } from '../html.js';
import { ICON } from '../landing_page.js';
import { MARK } from '../landing_style.js';
import { PROFILE_STYLE } from './flame_files.js';
import { FLAME_PATH } from './flame_links.js';

interface PageParts {
  readonly title: string;
  readonly subtitle: Html | string;
  readonly links?: Html;
  readonly content: Html;
  readonly footer?: Html;
}

/** A page about profiles. */
export function page({ title, subtitle, links, content, footer }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · SantaBPF</title>
<link rel="icon" href="${ICON}">
<style>${Html.trusted(PROFILE_STYLE)}</style>
</head>
<body>
<header>
<a href="/" aria-label="SantaBPF: all probes">${Html.trusted(MARK)}</a>
<div><h1>${title}</h1><p>${subtitle}</p></div>
<nav>${links}</nav>
</header>
<main>
${content}
</main>
${footer && html`<footer>${footer}</footer>`}
</body>
</html>
`.toString();
}

/** What went wrong, and what to do. */
export function errorPage({ message, remedy, code }: SantaError): string {
  const content = html`<div class="notice"><p>${message} <code>${code}</code></p><p>${remedy}</p></div>`;
  const links = html`<a href="${FLAME_PATH}">Last five minutes</a><a href="/">All probes</a>`;
  return page({ title: 'No profile', subtitle: 'This profile cannot be shown', links, content });
}

/** The page at /debug/pprof/, as Go programs have one. */
export function pprofIndex(): string {
  const content = html`<table>
<caption>Profiles</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Profile</th></tr></thead>
<tbody>
<tr><th scope="row"><a href="/debug/pprof/profile?window=5m">profile?window=5m</a></th><td>CPU time of the last five minutes, as it was recorded. <code>at</code> is the end as Unix time, <code>window</code> the length.</td></tr>
<tr><th scope="row"><a href="/debug/pprof/profile?seconds=30">profile?seconds=30</a></th><td>CPU time of the next 30 seconds; 1 to 300 are possible.</td></tr>
<tr><th scope="row"><a href="/debug/pprof/fgprof?seconds=30">fgprof?seconds=30</a></th><td>Off-CPU time: how long threads waited, and where. It takes <code>at</code> and <code>window</code> too.</td></tr>
<tr><th scope="row"><a href="/debug/pprof/profile?window=5m&amp;format=folded">profile?window=5m&amp;format=folded</a></th><td>Folded stacks, for flamegraph.pl and scripts.</td></tr>
</tbody>
</table>`;
  const links = html`<a href="${FLAME_PATH}">Flame graph</a><a href="/">All probes</a>`;
  const subtitle = 'For go tool pprof, Parca and Pyroscope. command=NAME and other labels choose what is in them.';
  return page({ title: 'Profiles', subtitle, links, content });
}
