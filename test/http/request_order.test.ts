import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Connections } from '../../src/http/connections.js';
import { LIMITS } from '../../src/http/limits.js';
import { RequestOrder } from '../../src/http/request_order.js';
import { FakeSocket } from '../harness/fake_socket.js';

/** A connection on which requests arrive. */
function connection(parser?: unknown) {
  const connections = new Connections(10);
  const order = new RequestOrder(connections);
  const socket = Object.assign(new FakeSocket('192.0.2.1', 1000), { parser });
  connections.add(socket as unknown as Socket);
  const begun: EventEmitter[] = [];
  const request = () => {
    const response = new EventEmitter();
    order.enter({ socket } as unknown as IncomingMessage, response as ServerResponse, () => begun.push(response));
  };
  return { socket, begun, request };
}

function times(count: number, action: () => void): void {
  for (let index = 0; index < count; index++) action();
}

it('answers one request after the other', () => {
  const { socket, begun, request } = connection();
  times(1 + LIMITS.pipelinedRequests, request);
  expect([begun.length, socket.destroyed]).toEqual([1, false]);
  begun[0]!.emit('close');
  expect(begun).toHaveLength(2);
});

describe('one request too many', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['another one', { onIncoming: 1 }],
  ])('closes the connection where its parser is %s, and drops what was parsed already', (_, parser) => {
    const { socket, begun, request } = connection(parser);
    times(2 + LIMITS.pipelinedRequests, request);
    expect([begun.length, socket.destroyed]).toEqual([1, true]);
    begun[0]!.emit('close');
    times(2000, request);
    expect(begun).toHaveLength(1);
  });

  it('stops the parser', () => {
    const parser = { onIncoming: () => 0 };
    times(2 + LIMITS.pipelinedRequests, connection(parser).request);
    expect(parser.onIncoming()).toBe(2);
  });
});
