import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HookedProbe } from '../harness/hooked_probe.js';
import { needs } from '../harness/requirements.js';

/** In the fixture, too. */
const PORT = 4712;
const hook = { map: 'sockets' };

describe('programs of a map of sockets', needs({ root: true, bpf: true }), () => {
  let server: Server;
  let probe: HookedProbe | undefined;
  const accepted: Socket[] = [];
  beforeAll(async () => {
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    }).listen(PORT, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => probe?.close());
  afterAll(() => {
    for (const socket of accepted) socket.destroy();
    server?.close();
  });

  /** Sends texts, waits for each to come back, and returns what came. */
  async function echoed(socket: Socket, ...texts: string[]): Promise<string> {
    let answer = '';
    for (const text of texts) {
      socket.write(text);
      const [data] = await once(socket, 'data');
      answer += data;
    }
    return answer;
  }
  async function connected(): Promise<Socket> {
    const socket = connect(PORT, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  test('see the messages of sockets that another program adds', async () => {
    probe = await HookedProbe.attach('socket_maps', { add_socket: {}, count_messages: hook });
    const socket = await connected();
    expect(await echoed(socket, 'one', 'three', 'eleven')).toBe('onethreeeleven');
    expect(probe.count('add_socket')).toBe(1);
    expect(probe.count('count_messages')).toBe(3);
    probe.close();
    expect(await echoed(socket, 'after')).toBe('after');
    socket.destroy();
  });

  test('see the bytes that arrive', async () => {
    probe = await HookedProbe.attach('socket_maps', { add_socket: {}, count_arrived: hook });
    const socket = await connected();
    expect(await echoed(socket, 'one', 'three')).toBe('onethree');
    expect(probe.count('count_arrived')).toBe(8);
    socket.destroy();
  });

  test('the second program of a kind for one map is refused', async () => {
    const type = 'sk_skb/stream_verdict';
    const error = await HookedProbe.attach('socket_maps', { count_arrived: hook, count_also: { ...hook, type } }).catch(
      (error) => error,
    );
    expect(`${error.code}: ${error.message}`).toBe(
      'NETWORK_HOOK_REFUSED: Cannot attach program "count_also" (sk_skb/stream_verdict/2) to "sockets": the answer is EBUSY',
    );
  });
});
