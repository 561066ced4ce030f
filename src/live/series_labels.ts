/** One label in the text of a series; values are escaped. */
const label = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/gy;

/**
 * The labels in the text of a series, `name{a="x",b="y"}`, in their order.
 * @param without names to leave out
 */
export function labelsOf(series: string, without: readonly string[] = []): [name: string, value: string][] {
  const labels: [string, string][] = [];
  label.lastIndex = series.indexOf('{') + 1;
  if (label.lastIndex === 0) return labels;
  for (let match = label.exec(series); match !== null; match = label.exec(series)) {
    const [, name = '', value = ''] = match;
    if (!without.includes(name)) labels.push([name, unescaped(value)]);
    // The comma.
    label.lastIndex += 1;
  }
  return labels;
}

function unescaped(value: string): string {
  return value.includes('\\')
    ? value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
    : value;
}
