import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.js';
import { Access } from './access.js';
import { createApplication } from './application.js';
import { errorAnswers } from './error_answers.js';
import type { Exporter } from './exporter.js';
import { lifecycleRoutes } from './lifecycle_routes.js';
import type { ListenAddress } from './listen_address.js';
import { Listeners } from './listeners.js';
import { metricsRoute } from './metrics_route.js';
import { OpenRequests } from './open_requests.js';
import { RateLimiter } from './rate_limiter.js';
import { requestHooks } from './request_hooks.js';
import { statusRoutes } from './status_routes.js';
import type { TlsConfiguration } from './tls_options.js';
import type { WebConfigurationFile } from './web_configuration_file.js';

export interface ServerOptions {
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly enableLifecycle: boolean;
  /** TLS, users and headers; absent: none of them. */
  readonly web?: WebConfigurationFile;
  readonly logger: Logger;
}

/** How long requests in flight may take when the server closes. */
const DRAIN_MS = 10_000;

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

  /** Creates a server that does not listen yet. */
  static async create(exporter: Exporter, options: ServerOptions): Promise<HttpServer> {
    const { web, logger, telemetryPath, maxRequests, enableLifecycle } = options;
    const access = new Access(web, enableLifecycle);
    const requests = new OpenRequests();
    const app = createApplication();
    const limiter = new RateLimiter(
      () => web?.current.rateLimit,
      () => performance.now(),
    );
    requestHooks(app, { requests, access, limiter, logger, configuredHeaders: () => web?.current.headers ?? {} });
    errorAnswers(app, telemetryPath, logger);
    metricsRoute(app, exporter, { path: telemetryPath, maxRequests, logger });
    lifecycleRoutes(app, exporter, access);
    statusRoutes(app, exporter, telemetryPath);
    await app.ready();
    const tls = web?.current.tls === undefined ? undefined : (): TlsConfiguration => web.current.tls!;
    return new HttpServer(app, new Listeners(app.routing, tls), requests, access);
  }

  /**
   * Listens on all addresses or on none.
   * @returns the URL of each address
   * @throws SantaError LISTEN_FAILED
   */
  async listen(addresses: readonly ListenAddress[]): Promise<string[]> {
    return await this.#listeners.listen(addresses);
  }

  /** Stops listening, waits at most `patienceMs` for requests in flight, then closes every connection. */
  async close(patienceMs = DRAIN_MS): Promise<void> {
    this.#listeners.stop();
    await this.#requests.drain(patienceMs);
    await this.#listeners.close();
    await this.app.close();
    await this.#access.close();
  }
}
