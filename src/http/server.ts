import type { RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.js';
import { Pacer } from '../metrics/pacer.js';
import { Access } from './access.js';
import { createApplication } from './application.js';
import { Connections, connectionLimit } from './connections.js';
import { errorAnswers } from './error_answers.js';
import type { Exporter } from './exporter.js';
import { lifecycleRoutes } from './lifecycle_routes.js';
import { LIMITS } from './limits.js';
import type { ListenAddress } from './listen_address.js';
import { Listeners } from './listeners.js';
import { liveRoute } from './live_route.js';
import { metricsRoute } from './metrics_route.js';
import { OpenRequests } from './open_requests.js';
import { ProfileDesk } from './profiles/profile_desk.js';
import { profileRoutes } from './profiles/profile_routes.js';
import { RateLimiter } from './rate_limiter.js';
import { RepeatedWarnings } from './repeated_warnings.js';
import { discardBody } from './request_body.js';
import { requestHooks } from './request_hooks.js';
import { RequestOrder } from './request_order.js';
import { ScrapeSharing } from './scrape_sharing.js';
import { statusRoutes } from './status_routes.js';
import type { TlsConfiguration } from './tls_options.js';
import { Transfers } from './transfers.js';
import type { WebConfigurationFile } from './web_configuration_file.js';

export interface ServerOptions {
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly enableLifecycle: boolean;
  /** TLS, users and headers; absent: none of them. */
  readonly web?: WebConfigurationFile;
  readonly logger: Logger;
}

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
    const now = () => performance.now();
    const limiter = new RateLimiter(() => web?.current.rateLimit, now);
    const warnings = new RepeatedWarnings(logger, now);
    requestHooks(app, { requests, access, limiter, logger, configuredHeaders: () => web?.current.headers ?? {} });
    errorAnswers(app, telemetryPath, warnings);
    const transfers = new Transfers((reason) => warnings.warn('A slow client was disconnected', { reason }));
    const sharing = new ScrapeSharing(exporter, transfers);
    metricsRoute(app, exporter, { path: telemetryPath, maxRequests, warnings, transfers, sharing });
    liveRoute(app, exporter, sharing);
    lifecycleRoutes(app, exporter, access);
    statusRoutes(app, exporter, telemetryPath);
    profileRoutes(app, exporter, new ProfileDesk(new Pacer(now)));
    await app.ready();
    const tls = web?.current.tls === undefined ? undefined : (): TlsConfiguration => web.current.tls!;
    const connections = new Connections(connectionLimit());
    const order = new RequestOrder(connections);
    const handle: RequestListener = (request, response) => {
      order.enter(request, response, () => discardBody(request, response, () => app.routing(request, response)));
    };
    return new HttpServer(app, new Listeners(handle, connections, tls), requests, access);
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
  async close(patienceMs: number = LIMITS.drainMs): Promise<void> {
    this.#listeners.stop();
    await this.#requests.drain(patienceMs);
    await this.#listeners.close();
    await this.app.close();
    await this.#access.close();
  }
}
