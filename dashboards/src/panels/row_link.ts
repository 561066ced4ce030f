import { filters } from '../query.js';

/** Stands for the uid of the dashboard that a panel is on; `build` replaces it. */
export const thisDashboard = 'UID-OF-THIS-DASHBOARD';

/** A link of the cells of a column. */
export interface CellLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

const variable = (name: string, format: string) => `$${`{${name}:${format}}`}`;

/**
 * A link to a dashboard that shows only the host, command, unit, namespace or pod in the cell, in the same time range. Undefined for labels
 * without a variable.
 * @param uid the dashboard; default: the one that the table is on
 * @param value what stands for the value of the label
 */
export function rowLink(
  label: string,
  uid = thisDashboard,
  value = variable('__value.raw', 'percentencode'),
): CellLink | undefined {
  const variables = ['instance', ...filters];
  if (!variables.includes(label)) return undefined;
  const kept = ['datasource', 'job', 'identity', ...variables.filter((name) => name !== label)];
  const chosen = `var-${label}=${value}`;
  const url = ['$' + '{__url_time_range}', ...kept.map((name) => variable(name, 'queryparam')), chosen].join('&');
  const place = uid === thisDashboard ? 'Only' : 'Details of';
  return { title: `${place} ${label === 'instance' ? 'this host' : `this ${label}`}`, url: `/d/${uid}?${url}` };
}
