import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface JsonSink<Message> {
  readonly url: string;
  /** The bodies of all requests, in order of arrival. */
  readonly messages: readonly Message[];
  stop(): Promise<void>;
}

/** Starts a server on a loopback port that keeps the JSON that is sent to it, and answers `ok` as Slack does. */
export async function startJsonSink<Message>(): Promise<JsonSink<Message>> {
  const messages: Message[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    messages.push(JSON.parse(body) as Message);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    messages,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
