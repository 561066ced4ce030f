import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../../errors/fault.js';
import { acceptedEncoding } from '../accepted_encoding.js';
import { LIMITS } from '../limits.js';

/** A body that gzip compressed, in the chunks that it made: joining them would hold the event loop. */
export interface CompressedBody {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
}

/**
 * Compresses a body, on another thread.
 * @throws SantaError PROFILE_TOO_LARGE; what the parts throw
 */
export async function gzipped(
  parts: AsyncIterable<Buffer>,
  mostBytes: number = LIMITS.profileBytes,
): Promise<CompressedBody> {
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
  return { chunks, bytes };
}

/** Sends a compressed body as a file of its own. */
export function sendFile(reply: FastifyReply, { chunks, bytes }: CompressedBody): FastifyReply {
  return reply.header('content-length', String(bytes)).send(Readable.from(chunks, { objectMode: false }));
}

/** Sends a compressed body as the client accepts it. A client without gzip gets it decompressed at its own pace. */
export function sendCompressed(request: FastifyRequest, reply: FastifyReply, body: CompressedBody): FastifyReply {
  reply.header('vary', 'accept-encoding');
  if (acceptedEncoding(request.headers['accept-encoding']) === 'gzip')
    return sendFile(reply.header('content-encoding', 'gzip'), body);
  return reply.send(Readable.from(body.chunks, { objectMode: false }).pipe(createGunzip()));
}
