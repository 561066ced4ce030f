/**
 * Simulates many hosts from two scrapes of one exporter. Every series continues at its rate between the scrapes, times a
 * factor of its host. GET /NAME returns the metrics of the host NAME.
 */
import { createServer } from 'node:http';

/** @typedef {{ text: string, value?: number, rate?: number }} Line a comment, or a series: its name and labels, value and rate */

/**
 * @param {string} earlier exposition text
 * @param {string} later exposition text of the same exporter, `seconds` later
 * @param {number} seconds
 * @returns {Line[]}
 */
export function movingLines(earlier, later, seconds) {
  const before = new Map(seriesOf(earlier));
  return later
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      if (line.startsWith('#')) return { text: line };
      const [text, value] = split(line);
      return { text, value, rate: Math.max(0, (value - (before.get(text) ?? value)) / seconds) };
    });
}

/**
 * The exposition text of one host.
 * @param {readonly Line[]} lines
 * @param {number} elapsed seconds since the later scrape
 * @param {number} factor
 */
export function exposition(lines, elapsed, factor) {
  return lines
    .map(({ text, value, rate }) => {
      if (value === undefined) return `${text}\n`;
      const now = value + /** @type {number} */ (rate) * elapsed * factor;
      // Counters of events are whole numbers and stay so.
      return `${text} ${Number.isInteger(value) ? Math.round(now) : now}\n`;
    })
    .join('');
}

/**
 * @param {readonly Line[]} lines
 * @param {number} port
 * @returns {Promise<import('node:http').Server>}
 */
export function serve(lines, port) {
  const start = performance.now();
  const server = createServer((request, response) => {
    const name = request.url ?? '';
    const factor = 0.5 + ([...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7) / 1009) * 1.5;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposition(lines, (performance.now() - start) / 1000, factor));
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

/**
 * @param {string} text
 * @returns {Iterable<[string, number]>}
 */
function* seriesOf(text) {
  for (const line of text.split('\n')) {
    if (line !== '' && !line.startsWith('#')) yield split(line);
  }
}

/**
 * @param {string} line
 * @returns {[string, number]}
 */
function split(line) {
  const at = line.lastIndexOf(' ');
  return [line.slice(0, at), Number(line.slice(at + 1))];
}
