/** nginx and wrk with 20 connections over loopback, a file of 612 bytes: connections kept alive, and one request for each. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoalRow } from './goals.js';
import { Inquiry } from './inquiry.js';
import { kept } from './kept.js';
import { freePort, type Service } from './service.js';
import { type StateOptions, statesOf } from './states.js';

const cases = [
  { measure: 'nginx, 20 connections kept alive', goal: 0.95, isKeptAlive: true },
  { measure: 'nginx, one request for each connection', goal: 0.93, isKeptAlive: false },
] as const;

export async function nginx(options: StateOptions): Promise<GoalRow[]> {
  const rows: GoalRow[] = [];
  for (const { isKeptAlive, ...goal } of cases) {
    rows.push(await kept(goal, await nginxService(options.folder, isKeptAlive), statesOf(options)));
  }
  return rows;
}

/** @param folder that the caller removes */
export async function nginxService(folder: string, isKeptAlive: boolean): Promise<Service> {
  const port = await freePort();
  const own = join(folder, `nginx-${port}`);
  const file = configured(own, port);
  const question = 'GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const inquiry = new Inquiry(port, question, /requests\n \d+ \d+ (\d+) \n[\s\S]*Waiting: \d+/);
  const headers = isKeptAlive ? [] : ['-H', 'Connection: close'];
  return {
    server: ['usr/sbin/nginx', '-c', file, '-p', own],
    generator: ['usr/bin/wrk', '-t1', '-c20', '-d1h', ...headers, `http://127.0.0.1:${port}/index.html`],
    answered: () => inquiry.ask(),
  };
}

/** Writes the configuration and the page of a server with one worker. @returns the path of the configuration */
function configured(folder: string, port: number): string {
  mkdirSync(folder);
  // The worker does not run as root.
  chmodSync(join(folder, '..'), 0o755);
  writeFileSync(join(folder, 'index.html'), 'x'.repeat(612));
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log /dev/null;
     events {}
     http {
       access_log off; keepalive_requests 1000000000; ${scratch.join(' ')}
       server { listen 127.0.0.1:${port}; root ${folder}; location = /status { stub_status; } }
     }`,
  );
  return path;
}
