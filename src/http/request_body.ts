import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from './limits.js';

const REFUSAL = `The request body is larger than ${LIMITS.bodyBytes} bytes.\n`;
/** The kernel discards an answer when a connection with unread data is closed, unless the client has received it. */
const LINGER_MS = 500;

/**
 * Calls `answer` once the body of a request was read and discarded: no path uses one. A body over the limit is answered with
 * 413 as soon as its size is known, without reading on, and the connection is closed.
 */
export function discardBody(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding, expect } = request.headers;
  if (Number(length ?? 0) > LIMITS.bodyBytes) {
    refuse(request, response);
    return;
  }
  if (expect !== undefined && request.httpVersion !== '1.0') response.writeContinue();
  if (length === undefined && encoding === undefined) {
    answer();
    return;
  }
  let bytes = 0;
  const count = (data: Buffer) => {
    bytes += data.length;
    if (bytes <= LIMITS.bodyBytes) return;
    request.off('data', count).off('end', answer);
    refuse(request, response);
  };
  request.on('data', count).once('end', answer);
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  request.pause();
  // Node.js calls this after the last answer of a connection. By default it closes at once.
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  response.writeHead(413, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(REFUSAL);
}
