import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * An alert in the payload of Alertmanager's webhook.
 *
 * @typedef {object} Alert
 * @property {'firing' | 'resolved'} status
 * @property {Record<string, string>} labels
 * @property {Record<string, string>} annotations
 * @property {string} startsAt when it started to fire
 *
 * @typedef {object} Notification
 * @property {number} at time of arrival, in milliseconds since 1970
 * @property {Alert[]} alerts
 */

/**
 * Receives the webhook notifications of Alertmanager on a loopback port and keeps them.
 *
 * @param {(notification: Notification) => void} [onNotification]
 */
export async function startReceiver(onNotification) {
  /** @type {Notification[]} */
  const notifications = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString());
    const notification = { at: Date.now(), alerts };
    notifications.push(notification);
    onNotification?.(notification);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    notifications,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** @param {Alert} alert @returns {string} its summary and description */
export function textOf({ annotations }) {
  return `${annotations.summary}\n${annotations.description}`;
}
