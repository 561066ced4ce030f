import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * An alert as Alertmanager's webhook tells it.
 *
 * @typedef {object} Alert
 * @property {'firing' | 'resolved'} status
 * @property {Record<string, string>} labels
 * @property {Record<string, string>} annotations
 * @property {string} startsAt when it began to fire
 *
 * @typedef {object} Notification
 * @property {number} at when it came, in milliseconds since 1970
 * @property {Alert[]} alerts
 */

/**
 * Listens on loopback for what Alertmanager sends.
 *
 * @param {(notification: Notification) => void} [tell]
 */
export async function startReceiver(tell) {
  /** @type {Notification[]} */
  const notifications = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { alerts } = JSON.parse(Buffer.concat(chunks).toString());
    const notification = { at: Date.now(), alerts };
    notifications.push(notification);
    tell?.(notification);
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

/** @param {Alert} alert @returns {string} what an admin reads */
export function textOf({ annotations }) {
  return `${annotations.summary}\n${annotations.description}`;
}
