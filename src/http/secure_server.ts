import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { connectionOptions } from './connection_options.js';
import { LIMITS } from './limits.js';
import { admitsClient, type TlsConfiguration } from './tls_options.js';

/**
 * Creates an HTTPS server whose certificate and client policy follow `tls`, which returns the configuration in force for the
 * next connection.
 */
export async function createSecureServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  tls: () => TlsConfiguration,
): Promise<Server> {
  const { createServer } = await import('node:https');
  let used = tls();
  const options = {
    ...connectionOptions(),
    ...used.context,
    handshakeTimeout: LIMITS.headersMs,
    requestCert: used.clientAuth !== 'NoClientCert',
    // `admitsClient` refuses clients: its policy can change while the server runs.
    rejectUnauthorized: false,
  };
  const server = createServer(options, handler);
  // Runs before the handshake: a rotated certificate serves the very next client.
  server.prependListener('connection', () => {
    const current = tls();
    if (current === used) return;
    used = current;
    server.setSecureContext(current.context);
  });
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (!admitsClient(tls(), socket)) socket.destroy();
  });
  return server;
}
