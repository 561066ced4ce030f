import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../../errors/fault.js';
import { acceptedEncoding } from '../accepted_encoding.js';
import { LIMITS } from '../limits.js';

/**
 * Compresses a body, on another thread.
 * @throws SantaError PROFILE_TOO_LARGE; what the parts throw
 */
export async function gzipped(parts: AsyncIterable<Buffer>, mostBytes: number = LIMITS.profileBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collector = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      chunks.push(chunk);
      done(bytes > mostBytes ? fault('PROFILE_TOO_LARGE', { megabytes: mostBytes / (1024 * 1024) }) : null);
    },
  });
  await pipeline(Readable.from(parts, { objectMode: false }), createGzip(), collector);
  return Buffer.concat(chunks);
}

/** Sends a compressed body as the client accepts it. A client without gzip gets it decompressed at its own pace. */
export function sendCompressed(request: FastifyRequest, reply: FastifyReply, body: Buffer): FastifyReply {
  reply.header('vary', 'accept-encoding');
  if (acceptedEncoding(request.headers['accept-encoding']) === 'gzip')
    return reply.header('content-encoding', 'gzip').send(body);
  return reply.send(Readable.from([body]).pipe(createGunzip()));
}
