/** Words instead of numbers, in the form of Grafana 7.5, which later versions migrate. */
export function wordsFor(words: Readonly<Record<number, string>>) {
  return Object.entries(words).map(([value, text], id) => ({ id, type: 1, value, text }));
}
