import { HttpServer, type ServerOptions } from '../../src/http/server.js';
import { FakeExporter } from './fake_exporter.js';
import { keptLog } from './kept_log.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** HTTP servers of a test, each with a fake exporter and a kept log. */
export class HttpServers {
  readonly #servers: HttpServer[] = [];

  /** Creates a server that does not listen: `app.inject` sends it requests. */
  async create(options: Partial<ServerOptions> = {}, logLevel = 'info') {
    const exporter = new FakeExporter();
    const { logger, lines } = keptLog(logLevel);
    const defaults = { telemetryPath: '/metrics', maxRequests: 40, enableLifecycle: false, logger };
    const server = await HttpServer.create(exporter, { ...defaults, ...options });
    this.#servers.push(server);
    return { exporter, server, app: server.app, lines };
  }

  /** Creates a server that listens on a free port of 127.0.0.1. */
  async listen(options: Partial<ServerOptions> = {}) {
    const created = await this.create(options);
    const [url] = await created.server.listen([LOOPBACK]);
    return { ...created, url: url!, port: Number(new URL(url!).port) };
  }

  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.close(0);
  }
}
