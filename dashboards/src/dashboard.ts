import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { classic, type Json } from './classic.js';
import { place, type Section } from './grid.js';
import { identityVariable } from './identity_variable.js';
import { thisDashboard } from './panels/row_link.js';
import { datasource } from './panels/text.js';
import { filters, who } from './query.js';

/** A variable with the values of a label. */
export interface LabelVariable {
  readonly name: string;
  readonly title: string;
  /** Series that have the label. */
  readonly series: string;
  /** The regular expression for all of them. Default: any that is not empty. */
  readonly all?: string;
}

export interface Dashboard {
  /** Never changes: links, bookmarks and alerts contain it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  readonly variables?: readonly LabelVariable[];
  /** Other dashboards with the same variables, which a menu lists. */
  readonly related?: { readonly title: string; readonly tag: string };
}

const TAG = 'santabpf';

/** The dashboard as JSON that Grafana 7.5 and newer import. */
export function build({ uid, title, description, sections, variables = [], related }: Dashboard): Json {
  const dashboard = new DashboardBuilder(`SantaBPF / ${title}`)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    // No allValue: it would match every job that has `up`, not only those of SantaBPF.
    .withVariable(labelVariable({ name: 'job', title: 'Job', series: 'santabpf_build_info' }))
    .withVariable(
      labelVariable({ name: 'instance', title: 'Host', series: 'santabpf_build_info{job=~"$job"}' }).allValue('.+'),
    )
    .annotation(firingAlerts())
    .link(dashboardsLink('SantaBPF', TAG).asDropdown(false));
  if (related !== undefined) dashboard.link(dashboardsLink(related.title, related.tag).asDropdown(true));
  const placed = place(sections).map(({ isRow, build: buildPanel }) => ({ isRow, panel: buildPanel() }));
  const text = JSON.stringify(placed);
  if (text.includes(who)) dashboard.withVariable(identityVariable());
  const own = variables.map(({ name }) => name);
  const filtered = filters.filter((name) => !own.includes(name) && text.includes(`=~\\"$${name}\\"`));
  for (const variable of [...filtered.map(filterVariable), ...variables]) {
    dashboard.withVariable(labelVariable(variable).allValue(variable.all ?? '.+'));
  }
  for (const { isRow, panel } of placed) {
    if (isRow) dashboard.withRow({ build: () => panel as never });
    else dashboard.withPanel({ build: () => panel as never });
  }
  return finished(classic(dashboard.build()), uid);
}

interface Finished {
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

/** Links lead to this dashboard where they say so, and pass on only the variables that it has. */
function finished(dashboard: Json, uid: string): Json {
  const names = (dashboard as unknown as Finished).templating.list.map(({ name }) => name);
  const text = JSON.stringify(dashboard)
    .replaceAll(thisDashboard, uid)
    .replace(/&\$\{(\w+):queryparam\}/g, (passed, name) => (names.includes(name) ? passed : ''));
  return JSON.parse(text) as Json;
}

const filterTitles = { namespace: 'Namespace', pod: 'Pod', unit: 'Unit', command: 'Command' };

/** The values that used a CPU. Without the label in the exporter's setting `identity` there is none, and All selects every series. */
function filterVariable(name: (typeof filters)[number]): LabelVariable {
  const within = name === 'pod' ? [`namespace=~"$namespace"`] : [];
  const matchers = ['job=~"$job"', 'instance=~"$instance"', `${name}!=""`, ...within];
  return { name, title: filterTitles[name], series: `santabpf_cpu_seconds_total{${matchers.join(',')}}`, all: '.*' };
}

function dashboardsLink(title: string, tag: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .includeVars(true)
    .keepTime(true)
    .icon('external link');
}

function labelVariable({ name, title, series }: LabelVariable): QueryVariableBuilder {
  const query = `label_values(${series}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(title)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(true)
    .multi(true)
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** Marks in every graph where a SantaBPF alert fired. Alerts about several hosts have no instance. */
function firingAlerts(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Firing alerts')
    .datasource(datasource)
    .enable(true)
    .iconColor('red')
    .expr('ALERTS{alertname=~"Santa.+",alertstate="firing",instance=~"$instance|"}')
    .titleFormat('{{alertname}}')
    .textFormat('{{instance}} {{namespace}} {{pod}} {{unit}} {{command}} {{device}}')
    .tagKeys('severity,scenario')
    .step('60s');
}
