/**
 * @typedef {object} ActiveAlert
 * @property {'pending' | 'firing'} state
 * @property {Record<string, string>} labels
 */

/**
 * Whether an instant query has a result.
 *
 * @param {string} url of Prometheus
 * @param {string} query
 * @returns {Promise<boolean>}
 */
export async function hasResult(url, query) {
  /** @type {{ result: unknown[] }} */
  const { result } = await dataOf(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return result.length > 0;
}

/**
 * @param {string} url of Prometheus
 * @returns {Promise<ActiveAlert[]>}
 */
export async function activeAlerts(url) {
  /** @type {{ alerts: ActiveAlert[] }} */
  const { alerts } = await dataOf(`${url}/api/v1/alerts`);
  return alerts;
}

/**
 * How long alerts stay pending before they fire, in seconds. Rules of one name differ in severity.
 *
 * @param {string} url of Prometheus
 * @returns {Promise<(expectation: { alert: string, labels?: Record<string, string> }) => number | undefined>}
 */
export async function waitsOf(url) {
  /** @type {{ groups: { rules: { name: string, duration: number, labels: Record<string, string> }[] }[] }} */
  const { groups } = await dataOf(`${url}/api/v1/rules?type=alert`);
  const all = groups.flatMap(({ rules }) => rules);
  return ({ alert, labels = {} }) =>
    all.find(({ name, labels: { severity } }) => name === alert && (labels.severity ?? severity) === severity)
      ?.duration;
}

/**
 * @template T
 * @param {string} url
 * @returns {Promise<T>}
 */
async function dataOf(url) {
  const response = await fetch(url);
  const answer = /** @type {{ status: string, data: T, error?: string }} */ (await response.json());
  if (answer.status !== 'success') throw new Error(`Prometheus refused ${url}: ${answer.error}`);
  return answer.data;
}
