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

/** The list of the five largest, one line each. */
export function top(expression: string, ...lines: readonly string[]): string {
  return each(`sort_desc(topk(5, ${expression}))`, ...lines);
}
