import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeFault, SantaError } from '../../errors/fault.js';
import { STATUS_CODES } from '../error_answers.js';
import { answer } from '../text_answer.js';
import { profilePolicy } from './flame_files.js';
import { errorPage } from './profile_pages.js';

/** Answers a request for a profile that failed: a page for browsers, text for others. Other errors go to the general handler. */
export function answerProfileError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  // Nobody waits for the answer.
  if (reply.raw.destroyed) {
    reply.hijack();
    return;
  }
  for (const name of ['content-encoding', 'content-disposition', 'content-security-policy']) reply.removeHeader(name);
  if (!(error instanceof SantaError)) throw error;
  const status = STATUS_CODES[error.code] ?? 503;
  if (request.headers.accept?.includes('text/html') !== true) {
    answer(reply, status, `${describeFault(error)}\n`);
    return;
  }
  reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', profilePolicy());
  reply.send(errorPage(error));
}
