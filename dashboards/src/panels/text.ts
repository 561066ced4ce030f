import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { loadParameters, shippedParameters } from '../../../alerts/src/parameter_file.js';
import { emptyText } from './empty_text.js';

/** What every panel has. */
export interface PanelText {
  readonly title: string;
  /** One or two sentences: what it shows, and what to look for. */
  readonly description: string;
  /** What did not happen if there is no data although the probe runs: shown beside a zero. Absent if a running probe always yields data. */
  readonly nothing?: string;
  /** Why else than by its probe the panel may be empty, e.g. `The flight recorder is off`. */
  readonly absent?: string;
  /** Name of the probe if it is none of the shipped ones. */
  readonly probe?: string;
  /** Uid of the dashboard with the details. */
  readonly details?: string;
  /** Stems of the scenarios that the panel shows, whose runbooks it links to. */
  readonly runbooks?: readonly string[];
}

interface Builder {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: { uid: string; type: string }): unknown;
  noValue(text: string): unknown;
  links(links: { build: () => DashboardLink }[]): unknown;
}

export const datasource = { uid: '$' + '{datasource}', type: 'prometheus' };

/**
 * Gives a panel its text; returns the same builder.
 *
 * @param queries all queries of the panel, which decide what it says when it is empty
 */
export function described<B extends Builder>(builder: B, text: PanelText, queries: readonly string[]): B {
  const { title, description, absent, probe, details, runbooks = [] } = text;
  builder.title(title);
  builder.description(description);
  builder.datasource(datasource);
  builder.noValue(emptyText(queries, absent, probe));
  const links = [...(details === undefined ? [] : [detailsLink(details)]), ...runbooks.map(runbookLink)];
  if (links.length > 0) builder.links(links);
  return builder;
}

/** Read when a panel needs it: dashboards of users' own probes are written where the file is not installed. */
let runbooksUrl: string | undefined;

/** Where the runbook of a scenario is, by the parameters of the alert rules. @param scenario its stem, or a variable of Grafana */
export function runbookUrl(scenario: string): string {
  runbooksUrl ??= loadParameters(shippedParameters).links.runbooks;
  return `${runbooksUrl}/${scenario}.md`;
}

function runbookLink(scenario: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Runbook: ${scenario.replaceAll('_', ' ')}`)
    .type(DashboardLinkType.Link)
    .url(runbookUrl(scenario))
    .targetBlank(true)
    .icon('doc');
}

/** A link to another dashboard with the same variables and time range. */
export function detailsLink(uid: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Details')
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?\${__url_time_range}&\${__all_variables}`)
    .icon('dashboard');
}
