import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** What every panel has. */
export interface PanelText {
  readonly title: string;
  /** One or two sentences: what it shows, and what to look for. */
  readonly description: string;
  /** Shown when there is no data: why that may be. */
  readonly noValue: string;
  /** Where a click leads to: the uid of a dashboard. */
  readonly down?: string;
  /** Stems of the scenarios that it shows: their runbooks tell what to do. */
  readonly runbooks?: readonly string[];
}

/** From this value on, this colour. */
export type Step = readonly [value: number, color: string];

interface Builder {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: { uid: string; type: string }): unknown;
  noValue(text: string): unknown;
  links(links: { build: () => DashboardLink }[]): unknown;
}

/** Where this repository is read: those who install put their own there, here and in the rules (docs/scenarios.md). */
const repository = 'https://git.example/santabpf';

export const datasource = { uid: '$' + '{datasource}', type: 'prometheus' };

/** Gives a panel its text; returns the same builder. */
export function described<B extends Builder>(
  builder: B,
  { title, description, noValue, down, runbooks = [] }: PanelText,
): B {
  builder.title(title);
  builder.description(description);
  builder.datasource(datasource);
  builder.noValue(noValue);
  const links = [...(down === undefined ? [] : [linkTo(down)]), ...runbooks.map(runbookLink)];
  if (links.length > 0) builder.links(links);
  return builder;
}

/** Where the runbook of a scenario is. @param scenario its stem, or a variable of Grafana */
export function runbookUrl(scenario: string): string {
  return `${repository}/docs/runbooks/${scenario}.md`;
}

function runbookLink(scenario: string) {
  return new DashboardLinkBuilder(`What to do: ${scenario.replaceAll('_', ' ')}`)
    .type(DashboardLinkType.Link)
    .url(runbookUrl(scenario))
    .targetBlank(true)
    .icon('doc');
}

/** A link to another dashboard with the same hosts and time. */
export function linkTo(uid: string) {
  return new DashboardLinkBuilder('More')
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?\${__url_time_range}&\${__all_variables}`)
    .icon('dashboard');
}

export function thresholds(steps: readonly Step[] = []) {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: 'green' }, ...steps.map(([value, color]) => ({ value, color }))]);
}
