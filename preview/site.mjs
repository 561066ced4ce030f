import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const grafana = dirname(resolve('@grafana/ui/package.json'));
// The ES module builds get the default exports of their CommonJS dependencies wrapped, as in Node.js.
const commonJs = {
  name: 'CommonJS builds of Grafana',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^@grafana\/(ui|data)(\/|$)/ }, ({ path }) => ({ path: resolve(path) })),
};
const html = `<!doctype html><html><head><meta charset="utf-8"><title>Preview</title><link rel="stylesheet" href="/page.css"></head>
<body class="theme-dark"><div id="page"></div><script type="module" src="/page.js"></script></body></html>`;

/**
 * Serves the page that draws a dashboard, on loopback: its code, the dashboards, Grafana's icons, and a proxy to Prometheus.
 *
 * @param {{ prometheus: string, dashboards: string }} sources URL of Prometheus, folder of the dashboards
 */
export async function startSite({ prometheus, dashboards }) {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page/page.jsx')],
    bundle: true,
    format: 'esm',
    write: false,
    outdir: here,
    jsx: 'automatic',
    plugins: [commonJs],
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.ttf': 'empty' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
  });
  const bundle = new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));

  const answer = async (path, search) => {
    if (path === '/') return ['text/html', html];
    if (bundle.has(path)) return [path.endsWith('.css') ? 'text/css' : 'text/javascript', bundle.get(path)];
    if (path.startsWith('/dashboards/')) return ['application/json', readFileSync(join(dashboards, basename(path)))];
    if (path.startsWith('/api/')) {
      const response = await fetch(`${prometheus}${path}${search}`);
      return ['application/json', Buffer.from(await response.arrayBuffer())];
    }
    const [, image] = /(\/img\/.*\.svg)$/.exec(normalize(path)) ?? [];
    if (image) return ['image/svg+xml', readFileSync(join(grafana, 'dist/public', image))];
    return undefined;
  };
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    const found = await answer(pathname, search).catch(() => undefined);
    response.writeHead(found ? 200 : 404, { 'content-type': found?.[0] ?? 'text/plain' });
    response.end(found?.[1]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
