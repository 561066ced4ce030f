import type { FastifyReply } from 'fastify';

/** Sends `text` as plain text. */
export function answer(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}
