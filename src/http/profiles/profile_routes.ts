import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../../errors/fault.js';
import type { Work } from '../../profiles/work.js';
import type { Profile, ProfileKind, ProfileSource } from '../../stacks/profile.js';
import type { Exporter } from '../exporter.js';
import { LIMITS } from '../limits.js';
import { profilePolicy } from './flame_files.js';
import { FLAME_PATH } from './flame_links.js';
import type { ProfileDesk } from './profile_desk.js';
import { answerProfileError } from './profile_errors.js';
import { pprofIndex } from './profile_pages.js';
import { type FileQuery, fileQuery, flameQuery } from './profile_query.js';

/** The paths that Go programs have, so that scrapers of profiles know them. */
const FILES: Readonly<Record<string, ProfileKind>> = { '/debug/pprof/profile': 'cpu', '/debug/pprof/fgprof': 'offcpu' };
const HTML = 'text/html; charset=utf-8';

/**
 * Adds the flame graph and the profiles in the format of pprof. HEAD collects nothing. What makes the answers is loaded with the
 * first of them: most starts need none of it.
 */
export function profileRoutes(app: FastifyInstance, exporter: Exporter, desk: ProfileDesk): void {
  const common = { method: ['GET', 'HEAD'], errorHandler: answerProfileError };
  app.route({
    ...common,
    url: FLAME_PATH,
    async handler(request, reply) {
      const source = sourceOf(exporter);
      const query = flameQuery(request.query, Date.now());
      reply.type(HTML).header('content-security-policy', profilePolicy());
      if (request.method === 'HEAD') return reply.send();
      const { client, ...work } = desk.admit(request, reply);
      const { flameAnswer, sendCompressed } = await import('./flame_answer.js');
      const body = await desk.inTurn(client, work, () => flameAnswer(source, query, work));
      return sendCompressed(request, reply, body);
    },
  });
  app.route({
    ...common,
    url: '/debug/pprof/',
    async handler(_request, reply) {
      sourceOf(exporter);
      return reply.type(HTML).header('content-security-policy', profilePolicy()).send(pprofIndex());
    },
  });
  for (const [url, kind] of Object.entries(FILES)) {
    app.route({
      ...common,
      url,
      async handler(request, reply) {
        const source = sourceOf(exporter);
        const query = fileQuery(request.query, Date.now());
        if (request.method === 'HEAD') return fileHeaders(reply, query, kind).send();
        const seconds = 'seconds' in query.source ? query.source.seconds : 0;
        const { client, ...work } = desk.admit(request, reply, seconds * 1000);
        const collected = await collect(source, kind, query, request, work);
        const { fileAnswer, sendCompressed, sendFile } = await import('./file_answer.js');
        const { body, profile } = await desk.inTurn(client, work, () =>
          fileAnswer(source, kind, query, work, collected),
        );
        fileHeaders(reply, query, kind);
        reply.header('x-profile-lost-samples', String(profile.lost));
        reply.header('x-profile-missing-seconds', String(Math.round(profile.missingMs / 1000)));
        return query.format === 'pprof' ? sendFile(reply, body) : sendCompressed(request, reply, body);
      },
    });
  }
}

function sourceOf({ profiles }: Exporter): ProfileSource {
  if (profiles === undefined) throw fault('PROFILES_OFF', {});
  return profiles;
}

/** Collects a profile, if the query asks for a new one. No byte is sent meanwhile, and the connection stays open. */
async function collect(
  source: ProfileSource,
  kind: ProfileKind,
  { source: asked }: FileQuery,
  request: FastifyRequest,
  { signal }: Work,
): Promise<Profile | undefined> {
  if (!('seconds' in asked)) return undefined;
  request.raw.socket.setTimeout(asked.seconds * 1000 + LIMITS.inactiveMs);
  const profile = await source.collect(kind, asked.seconds, signal);
  signal.throwIfAborted();
  return profile;
}

function fileHeaders(reply: FastifyReply, { format }: FileQuery, kind: ProfileKind): FastifyReply {
  if (format === 'folded') return reply.type('text/plain; charset=utf-8');
  const name = kind === 'cpu' ? 'profile' : 'fgprof';
  return reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${name}.pb.gz"`);
}
