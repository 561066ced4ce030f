/** Any surrogate, paired or not: what follows finds out. One test for all, as hardly any value has one of these. */
const suspicious = /[\\"\n\ud800-\udfff]/;
const special = /[\\"\n]/g;
const loneSurrogate = /\p{Surrogate}/gu;

/** Escapes a label value as text 0.0.4 and OpenMetrics alike want it. Lone surrogates, which UTF-8 cannot say, become U+FFFD. */
export function escapeLabelValue(value: string): string {
  if (!suspicious.test(value)) return value;
  return value
    .replace(loneSurrogate, '\ufffd')
    .replace(special, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

/**
 * The label part of a series, `a="x",b="y"`. With the same names, equal texts are equal label sets and different texts
 * different ones: it is both what is written and the key of the series.
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let index = 0; index < names.length; index++) {
    text += `${index === 0 ? '' : ','}${names[index]}="${escapeLabelValue(values[index] ?? '')}"`;
  }
  return text;
}
