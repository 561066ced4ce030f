import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../harness/certificates.js';
import { clientHello } from '../harness/client_hello.js';
import { needs } from '../harness/requirements.js';
import { SERVER_CERTIFICATE, SecureServers } from '../harness/secure_servers.js';

describe('handshakes that never finish', needs({ commands: ['openssl'] }), () => {
  let folder = '';
  let servers: SecureServers;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'santabpf-tls-'));
    const authority = new Certificates(folder);
    authority.issue('server');
    servers = new SecureServers(folder, authority);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => servers.close());

  it.each([
    ['that send nothing', () => Buffer.alloc(0)],
    ['that stop within their first message', (hello: Buffer) => hello.subarray(0, 100)],
    ['that stop after their first message', (hello: Buffer) => hello],
  ])('%s do not delay a scrape', async (_, sent) => {
    const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
    const bytes = sent(await clientHello());
    const flood: Socket[] = [];
    for (let index = 0; index < 1200; index++) {
      const socket = connect({ port: Number(url.port), host: '127.0.0.1', localAddress: '127.0.0.2' });
      socket.on('error', () => {}).write(bytes);
      flood.push(socket);
    }
    await Promise.all(flood.map((socket) => (socket.connecting ? once(socket, 'connect').catch(() => {}) : undefined)));
    const begin = performance.now();
    expect((await servers.ask(url)).status).toBe(200);
    // Far from the 10 s after which an unfinished handshake is ended. Retries of a full accept queue take 1 s each.
    expect(performance.now() - begin).toBeLessThan(5000);
    for (const socket of flood) socket.destroy();
  });
});
