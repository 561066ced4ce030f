/** A minimal parser of the text format, enough to sum series. */

/** @typedef {{ name: string; labels: Record<string, string>; value: number }} Sample */

/**
 * @param {string} text of /metrics, format 0.0.4
 * @returns {Sample[]}
 */
export function samplesOf(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match === null || line.startsWith('#')) continue;
    const [, name = '', inner = '', value = ''] = match;
    const labels = Object.fromEntries(
      [...inner.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [
        label,
        text,
      ]),
    );
    samples.push({ name, labels, value: Number(value.replace('+Inf', 'Infinity')) });
  }
  return samples;
}

/**
 * @param {readonly Sample[]} samples
 * @param {string} name
 * @param {Readonly<Record<string, string>>} labels must match; other labels are ignored
 * @returns {number} sum of the matching series, 0 if there are none
 */
export function sumOf(samples, name, labels) {
  return samples
    .filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )
    .reduce((sum, sample) => sum + sample.value, 0);
}
