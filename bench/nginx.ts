/** nginx and wrk with 20 connections over loopback, a file of 612 bytes: connections kept alive, and one request for each. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoalRow } from './goals.js';
import { Inquiry } from './inquiry.js';
import { kept } from './kept.js';
import { freePort } from './service.js';
import { type StateOptions, statesOf } from './states.js';

const cases = [
  { measure: 'nginx, 20 connections kept alive', goal: 0.95, headers: [] },
  { measure: 'nginx, one request for each connection', goal: 0.93, headers: ['-H', 'Connection: close'] },
] as const;

export async function nginx(options: StateOptions): Promise<GoalRow[]> {
  const rows: GoalRow[] = [];
  for (const { headers, ...goal } of cases) {
    const port = await freePort();
    const folder = join(options.folder, `nginx-${port}`);
    const file = configured(folder, port);
    const question = 'GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const inquiry = new Inquiry(port, question, /requests\n \d+ \d+ (\d+) \n[\s\S]*Waiting: \d+/);
    const service = {
      server: ['usr/sbin/nginx', '-c', file, '-p', folder],
      generator: ['usr/bin/wrk', '-t1', '-c20', '-d1h', ...headers, `http://127.0.0.1:${port}/index.html`],
      answered: () => inquiry.ask(),
    };
    rows.push(await kept(goal, service, statesOf(options)));
  }
  return rows;
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
