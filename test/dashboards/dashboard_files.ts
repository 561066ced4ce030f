import { readdirSync, readFileSync } from 'node:fs';

/** A query of a panel, with its variables. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant: boolean;
  readonly legendFormat?: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: string | null;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  /** Whether a row is closed at first, and its panels then. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
  readonly links?: readonly { readonly url: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly links?: readonly { url: string }[];
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Record<string, Record<string, string>>;
  }[];
  readonly [field: string]: unknown;
}

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly links: readonly { readonly type: string; readonly tags: readonly string[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const folder = new URL('../../dashboards/', import.meta.url);

/** The dashboards as checked in. */
export const dashboardFiles: readonly DashboardFile[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as DashboardFile);

/** All rows and panels, those in closed rows too. */
export function panelsOf({ panels }: DashboardFile): Panel[] {
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** All panels with data, each with its dashboard. */
export const dataPanels = dashboardFiles.flatMap((dashboard) =>
  panelsOf(dashboard)
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({ dashboard, panel })),
);

/** The query with these values for its variables. @throws Error if a variable has no value */
export function substituted(expr: string, values: Readonly<Record<string, string>>): string {
  const replaced = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), expr);
  // $1 and $2 are parts of what label_replace matched.
  if (/\$(?![12][ "])/.test(replaced)) throw new Error(`A variable has no value: ${replaced}`);
  return replaced;
}

/**
 * Values of all variables, for the job santabpf.
 *
 * @param range seconds of the time range
 * @param rateInterval seconds
 * @param identity chosen labels
 */
export function variableValues(
  range: number,
  rateInterval: number,
  identity: readonly string[] = ['command'],
): Record<string, string> {
  return {
    job: 'santabpf',
    instance: '.+',
    device: '.+',
    namespace: '.*',
    pod: '.*',
    unit: '.*',
    command: '.*',
    '{identity:csv}': identity.join(','),
    '{identity:doublequote}': identity.map((label) => `"${label}"`).join(','),
    __interval: `${Math.ceil(rateInterval / 4)}s`,
    __rate_interval: `${rateInterval}s`,
    __range_s: `${range}`,
    __range: `${range}s`,
  };
}

/** Instant vector selectors of a query: metric and matchers, without range and offset. */
export function selectorsOf(expr: string): string[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)(\{[^}]*\})/g)].map(([selector]) => selector);
}

/** Names of the metrics in a query. */
export function metricsOf(expr: string): string[] {
  return selectorsOf(expr).map((selector) => selector.slice(0, selector.indexOf('{')));
}
