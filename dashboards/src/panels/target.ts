import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { named } from '../query.js';

/** A query over the time range. `legend` is a template over its labels. */
export interface RangeQuery {
  readonly expr: string;
  readonly legend: string;
}

const letter = (position: number) => String.fromCharCode('A'.charCodeAt(0) + position);

export function range({ expr, legend }: RangeQuery, position = 0): DataqueryBuilder {
  return new DataqueryBuilder()
    .expr(identified(expr, labelsOf(legend)))
    .legendFormat(legend)
    .refId(letter(position))
    .range();
}

/** The rates of a histogram's buckets. */
export function bucketRates(expr: string): DataqueryBuilder {
  return range({ expr, legend: '{{le}}' }).format(PromQueryFormat.Heatmap);
}

/** The values at the end of the time range, as a table. */
export function instant(expr: string, position = 0): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).refId(letter(position)).instant().format(PromQueryFormat.Table);
}

function labelsOf(legend: string): string[] {
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
}

/** A query with the label `identity` where the panel shows it. */
function identified(expr: string, labels: readonly string[]): string {
  if (!labels.includes('identity')) return expr;
  return named(
    expr,
    labels.filter((label) => label !== 'identity'),
  );
}
