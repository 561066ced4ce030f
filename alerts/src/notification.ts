/** Parts of the texts of notifications: Go templates of Prometheus that query when the alert is evaluated. */

/**
 * A query in a template. Each `label=%q` of the expression gets the value of that label, in order.
 * @param labels where they are: `$labels` of the alert, or `.Labels` of the series of a surrounding query
 */
export function query(expression: string, labels: '$labels' | '.Labels' = '$labels'): string {
  const values = [...expression.matchAll(/(\w+)=%q/g)].map(([, label]) => ` ${labels}.${label}`);
  return `query (printf \`${expression}\`${values.join('')})`;
}

/** Text for each series of a query, within a line. */
export function phrase(expression: string, text: string, labels?: '$labels' | '.Labels'): string {
  return `{{- range ${query(expression, labels)} }}${text}{{ end }}`;
}

/** Lines for each series of a query. */
export function each(expression: string, ...lines: readonly string[]): string {
  return [`{{- range ${query(expression)} }}`, ...lines, '{{- end }}'].join('\n');
}

/** A heading with a line for each series of a query; nothing if there is none. */
export function listed(heading: string, expression: string, line: string): string {
  return [`{{- with ${query(expression)} }}`, heading, '{{- range . }}', line, '{{- end }}', '{{- end }}'].join('\n');
}

/**
 * The list of the five largest shares of a total, each with its share an hour ago. That is a share of the larger of the two totals: what
 * used half of an idle host's CPU time was not as busy as what uses half of it now. Unknown without a total an hour ago.
 *
 * @param part name of a recorded series
 * @param whole name of the recorded total, by job and instance
 * @param labels of `part`, besides job and instance
 * @param who the beginning of the line
 */
export function topShares(part: string, whole: string, labels: readonly string[], who: string): string {
  const host = '{job=%q,instance=%q}';
  const same = ['job', 'instance', ...labels].map((label) => `${label}=%q`).join(',');
  const of = '/ on (job, instance) group_left ()';
  const then = `${whole}${host} offset 1h`;
  const before = `100 * ${part}{${same}} offset 1h ${of} (${whole}${host} > ${then} or ${then}) or on (job, instance) 0 * ${then}`;
  return top(
    `100 * ${part}${host} ${of} ${whole} >= 1`,
    `- ${who}: {{ printf "%.0f%%" .Value }}`,
    phrase(before, ' (an hour ago: {{ printf "%.0f%%" .Value }})', '.Labels'),
  );
}

/** The list of the five largest, one line each. */
export function top(expression: string, ...lines: readonly string[]): string {
  return each(`sort_desc(topk(5, ${expression}))`, ...lines);
}
