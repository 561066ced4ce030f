/** Matches any surrogate, paired or not: one cheap test, because hardly any value has one of these characters. */
const suspicious = /[\\"\n\ud800-\udfff]/;
const special = /[\\"\n]/g;
const loneSurrogate = /\p{Surrogate}/gu;

/**
 * Escapes a label value the way that text 0.0.4 and OpenMetrics share. A lone surrogate has no UTF-8 encoding: it
 * becomes U+FFFD.
 */
export function escapeLabelValue(value: string): string {
  if (!suspicious.test(value)) return value;
  return value
    .replace(loneSurrogate, '\ufffd')
    .replace(special, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

/**
 * The canonical text of a series, `name{a="x",b="y"}`, or `name` alone without labels. With the same name and label
 * names, two texts are equal exactly when the label values are: the text identifies the series.
 */
export function seriesText(name: string, labelNames: readonly string[], values: readonly string[]): string {
  if (labelNames.length === 0) return name;
  let text = `${name}{`;
  for (let index = 0; index < labelNames.length; index++) {
    text += `${index === 0 ? '' : ','}${labelNames[index]}="${escapeLabelValue(values[index] ?? '')}"`;
  }
  return `${text}}`;
}
