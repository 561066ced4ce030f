/** Links that answer: what Prometheus and Alertmanager serve depends on how they were built. */

/** The page of alerts: Debian's Prometheus 2 serves only the older pages. */
const alertPages = ['/alerts', '/classic/alerts'];

/**
 * @param {string} url of a Prometheus
 * @returns {Promise<string>} the URL of its page of alerts, or of its list of alerts as JSON
 */
export async function alertsLink(url) {
  for (const path of alertPages) {
    const page = await pageAt(`${url}${path}`);
    if (page !== undefined) return `${url}${path}`;
  }
  return `${url}/api/v1/alerts`;
}

/**
 * @param {string} url of an Alertmanager
 * @returns {Promise<string>} its URL, or the command that shows its alerts: Debian's has no web application
 */
export async function alertmanagerLink(url) {
  const page = await pageAt(`${url}/`);
  return page?.includes('<script') ? `${url}/` : `amtool --alertmanager.url=${url} alert`;
}

/** @param {string} url @returns {Promise<string | undefined>} the page there; undefined if there is none */
async function pageAt(url) {
  const response = await fetch(url);
  const text = await response.text();
  return response.ok && response.headers.get('content-type')?.startsWith('text/html') ? text : undefined;
}
