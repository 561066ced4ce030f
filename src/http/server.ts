import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { ErrorCode } from '../errors/catalogue.js';
import { describeFault, Faults, SantaError } from '../errors/fault.js';
import type { Logger } from '../log.js';
import { Access } from './access.js';
import type { Exporter } from './exporter.js';
import { lifecycleRoutes } from './lifecycle_routes.js';
import type { ListenAddress } from './listen_address.js';
import { Listeners } from './listeners.js';
import { metricsRoute } from './metrics_route.js';
import { OpenRequests } from './open_requests.js';
import { statusRoutes } from './status_routes.js';
import { OWN_PATHS } from './telemetry_path.js';
import type { TlsConfiguration } from './tls_options.js';
import { WebConfigurationFile } from './web_configuration_file.js';

export interface ServerOptions {
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly enableLifecycle: boolean;
  /** A web configuration file in the format of the exporter-toolkit. */
  readonly configFile?: string;
  readonly logger: Logger;
}

/** How long the requests in flight may take when the server closes. */
const DRAIN_MS = 10_000;

const STATUS_CODES: Partial<Record<ErrorCode, number>> = {
  SCRAPE_LIMIT: 503,
  SCRAPE_TIMEOUT: 503,
  RELOAD_REFUSED: 403,
};

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The exporter's HTTP server. */
export class HttpServer {
  /** For tests: `app.inject` answers without a socket. */
  readonly app: FastifyInstance;
  readonly #listeners: Listeners;
  readonly #requests: OpenRequests;
  readonly #access: Access;

  private constructor(app: FastifyInstance, listeners: Listeners, requests: OpenRequests, access: Access) {
    this.app = app;
    this.#listeners = listeners;
    this.#requests = requests;
    this.#access = access;
  }

  /**
   * Makes a server that does not listen yet.
   * @throws Faults if the web configuration file cannot be used
   */
  static async create(exporter: Exporter, options: ServerOptions): Promise<HttpServer> {
    const { configFile, logger, telemetryPath, maxRequests, enableLifecycle } = options;
    const web = configFile === undefined ? undefined : await openWebConfiguration(configFile, logger);
    const access = new Access(web, enableLifecycle);
    const requests = new OpenRequests();
    const app = createApplication();
    addHooks(app, { requests, access, logger, configuredHeaders: () => web?.current.headers ?? {} });
    addErrorAnswers(app, telemetryPath, logger);
    metricsRoute(app, exporter, { path: telemetryPath, maxRequests, logger });
    lifecycleRoutes(app, exporter, access, logger);
    statusRoutes(app, exporter, telemetryPath);
    await app.ready();
    const tls = web?.current.tls === undefined ? undefined : (): TlsConfiguration => web.current.tls!;
    return new HttpServer(app, new Listeners(app.routing, tls), requests, access);
  }

  /**
   * Listens on all addresses or on none.
   * @returns the URLs that it answers at
   * @throws SantaError LISTEN_FAILED
   */
  async listen(addresses: readonly ListenAddress[]): Promise<string[]> {
    return await this.#listeners.listen(addresses);
  }

  /** Stops listening, finishes the requests in flight (no longer than `patienceMs`) and closes every connection. */
  async close(patienceMs = DRAIN_MS): Promise<void> {
    this.#listeners.stop();
    await this.#requests.drain(patienceMs);
    await this.#listeners.close();
    await this.app.close();
    await this.#access.close();
  }
}

/** @throws Faults if the file, or one it names, cannot be used */
export async function openWebConfiguration(file: string, logger: Logger): Promise<WebConfigurationFile> {
  // Loaded only here: most exporters have no such file, and the YAML parser takes three megabytes.
  const { readWebConfiguration } = await import('./web_configuration.js');
  return new WebConfigurationFile(file, readWebConfiguration, logger);
}

function createApplication(): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    bodyLimit: 64 * 1024,
    // No route has a schema. Without these fastify loads a validator and a serializer for two megabytes.
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    frameworkErrors: (_error, _request, reply) => {
      // The hooks are not run for these.
      answer((reply as unknown as FastifyReply).headers(HEADERS), 400, 'Expected a path that can be decoded.\n');
    },
  });
  // No route reads a body; any kind of one may come with a POST.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload
      .resume()
      .on('end', () => done(null))
      .on('error', done);
  });
  return app;
}

function refuseSchema(): never {
  throw new Error('No route has a schema');
}

interface Surroundings {
  readonly requests: OpenRequests;
  readonly access: Access;
  readonly logger: Logger;
  readonly configuredHeaders: () => Readonly<Record<string, string>>;
}

function addHooks(app: FastifyInstance, { requests, access, logger, configuredHeaders }: Surroundings): void {
  app.addHook('onRequest', async (request, reply) => {
    requests.add(reply.raw);
    if (requests.closing) return answer(reply.header('connection', 'close'), 503, 'SantaBPF is closing.\n');
    if (await access.refuse(request, reply)) return reply;
  });
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    reply.headers(configuredHeaders());
    if (requests.closing) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async ({ method, url, ip }, { statusCode, elapsedTime }) => {
    logger.debug({ method, url, client: ip, status: statusCode, milliseconds: Math.round(elapsedTime) }, 'Answered');
  });
}

function addErrorAnswers(app: FastifyInstance, telemetryPath: string, logger: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof SantaError) {
      answer(reply, STATUS_CODES[error.code] ?? 500, `${describeFault(error)}\n`);
    } else if (error instanceof Faults) {
      answer(reply, 500, `${error.message}\n`);
    } else if (error.statusCode !== undefined && error.statusCode < 500) {
      answer(reply, error.statusCode, `${error.message}\n`);
    } else {
      logger.error({ err: error, method: request.method, url: request.url }, 'A request failed');
      answer(reply, 500, `${error.message}\n`);
    }
  });
  const known = new Map<string, string>([
    ...OWN_PATHS.map((path): [string, string] => [path, path === '/-/reload' ? 'POST, PUT' : 'GET, HEAD']),
    [telemetryPath, 'GET, HEAD'],
  ]);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const methods = known.get(path);
    if (methods !== undefined) {
      answer(
        reply.header('allow', methods),
        405,
        `Expected ${methods.replace(', ', ' or ')} for ${path} but received ${request.method}.\n`,
      );
    } else {
      answer(reply, 404, `There is nothing here. The pages are ${[...known.keys()].sort().join(', ')}.\n`);
    }
  });
}

function answer(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}
