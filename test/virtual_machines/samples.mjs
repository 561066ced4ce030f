/** Reads the text format, as far as adding up series needs. */

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
 * @param {Readonly<Record<string, string>>} labels those that must be equal; others are free
 * @returns {number} the sum of the series that match, 0 when none does
 */
export function sumOf(samples, name, labels) {
  return samples
    .filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )
    .reduce((sum, sample) => sum + sample.value, 0);
}
