import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Prometheus found: numbers by series, as text; one of an instant query, several of a range query. */
export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

type Sample = readonly [time: number, value: string];

/** A real Prometheus that scrapes one exporter as job santabpf, and has alerts that fire and that are pending. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(exporter: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-prometheus-'));
    const port = await freePort();
    const labels = { severity: 'info', scenario: 'test' };
    const rules = [
      { alert: 'SantaTestFires', expr: 'up >= 0', labels },
      { alert: 'SantaTestPends', expr: 'up >= 0', for: '1h', labels },
    ];
    // JSON is YAML.
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'test', interval: '1s', rules }] }));
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        scrape_configs: [{ job_name: 'santabpf', static_configs: [{ targets: [new URL(exporter).host] }] }],
      }),
    );
    const child = spawn(
      'prometheus',
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (data: Buffer) => {
        log += data.toString();
        if (log.includes('Server is ready to receive web requests')) resolve();
      });
      child.once('exit', () => reject(new Error(`Prometheus ended:\n${log}`)));
    });
    return new Prometheus(`http://127.0.0.1:${port}`, async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    });
  }

  /** Values at a time. @param time seconds since 1970 */
  async at(query: string, time: number): Promise<Found[]> {
    const { result } = (await this.#get('query', { query, time })) as {
      result: { metric: Found['metric']; value: Sample }[];
    };
    return result.map(({ metric, value }) => ({ metric, values: [value[1]] }));
  }

  /** Values from a time to another, one for each step. */
  async between(query: string, start: number, end: number, step: number): Promise<Found[]> {
    const { result } = (await this.#get('query_range', { query, start, end, step })) as {
      result: { metric: Found['metric']; values: Sample[] }[];
    };
    return result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => value) }));
  }

  /** Values that a label has in the series of a selector. */
  async labelValues(label: string, selector: string): Promise<string[]> {
    return (await this.#get(`label/${label}/values`, { 'match[]': selector })) as string[];
  }

  async #get(path: string, parameters: Readonly<Record<string, string | number>>): Promise<unknown> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) search.append(name, String(value));
    const response = await fetch(`${this.url}/api/v1/${path}?${search}`);
    const { data, error } = (await response.json()) as { data: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
