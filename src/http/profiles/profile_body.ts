import { Readable } from 'node:stream';
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
  await pipeline(Readable.from(parts, { objectMode: false }), createGzip(), async (compressed) => {
    for await (const chunk of compressed as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw fault('PROFILE_TOO_LARGE', { megabytes: mostBytes / (1024 * 1024) });
      chunks.push(chunk);
    }
  });
  return Buffer.concat(chunks);
}

/** Sends a compressed body as the client accepts it. A client without gzip gets it decompressed at its own pace. */
export function sendCompressed(request: FastifyRequest, reply: FastifyReply, body: Buffer): FastifyReply {
  reply.header('vary', 'accept-encoding');
  if (acceptedEncoding(request.headers['accept-encoding']) === 'gzip')
    return reply.header('content-encoding', 'gzip').send(body);
  return reply.send(Readable.from([body]).pipe(createGunzip()));
}
