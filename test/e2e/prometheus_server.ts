import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One series of an answer of the query API. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** One series of a range query: its numbers as text, oldest first. */
export interface Course {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

/** A rule of Prometheus. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** How often it scrapes and evaluates, and which rules. */
export interface Habits {
  readonly interval?: string;
  readonly rules?: readonly AlertingRule[];
  /** Texts of further rule files. */
  readonly ruleFiles?: readonly string[];
}

/** An alert that is pending or fires. */
export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A real Prometheus with a database of its own. */
export class PrometheusServer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Everything it logged so far. */
    readonly log: () => string,
  ) {}

  /** Starts it, and waits until it is ready. @param jobs URLs of the targets' metrics, by job */
  static async start(
    jobs: Readonly<Record<string, string>>,
    { interval = '500ms', rules = [], ruleFiles = [] }: Habits = {},
  ): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    const scrapes = Object.entries(jobs).map(([job, url]) => {
      const { host, pathname } = new URL(url);
      return { job_name: job, metrics_path: pathname, static_configs: [{ targets: [host] }] };
    });
    // JSON is YAML.
    const global = { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval };
    for (const [index, text] of ruleFiles.entries()) writeFileSync(join(folder, `rules-${index}.yml`), text);
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'test', rules }] }));
    writeFileSync(file, JSON.stringify({ global, rule_files: ['rules*.yml'], scrape_configs: scrapes }));
    const port = await freePort();
    const child = spawn(
      'prometheus',
      [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
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
    return new PrometheusServer(`http://127.0.0.1:${port}`, child, folder, () => log);
  }

  /** What an instant query finds. @param time seconds since 1970; now, when left out */
  async query(expression: string, time?: number): Promise<Result[]> {
    const parameters = { query: expression, ...(time === undefined ? {} : { time: String(time) }) };
    const { result } = (await this.#get('query', parameters)) as { result: Result[] };
    return result;
  }

  /** What a query finds from a time to another, in seconds since 1970, a second apart. */
  async course(query: string, start: number, end: number): Promise<Course[]> {
    const { result } = (await this.#get('query_range', {
      query,
      start: String(start),
      end: String(end),
      step: '1',
    })) as { result: { metric: Course['metric']; values: Result['value'][] }[] };
    return result.map(({ metric, values }) => ({ metric, values: values.map(([, value]) => value) }));
  }

  async alerts(): Promise<readonly Alert[]> {
    return ((await this.#get('alerts', {})) as { alerts: Alert[] }).alerts;
  }

  /** Values that a label has in the series of a selector. */
  async labelValues(label: string, selector: string): Promise<string[]> {
    return (await this.#get(`label/${label}/values`, { 'match[]': selector })) as string[];
  }

  /** The label sets of all series that a selector has. */
  async series(selector: string): Promise<Readonly<Record<string, string>>[]> {
    return (await this.#get('series', { 'match[]': selector })) as Record<string, string>[];
  }

  /** Targets by job. */
  async targets(): Promise<Map<string, { health: string; lastError: string }>> {
    const { activeTargets } = (await this.#get('targets', {})) as {
      activeTargets: { labels: { job: string }; health: string; lastError: string }[];
    };
    return new Map(activeTargets.map(({ labels: { job }, health, lastError }) => [job, { health, lastError }]));
  }

  /** What it says of each metric of a job. */
  async metadata(metric: string): Promise<{ type: string; help: string; unit: string }[]> {
    const found = (await this.#get('metadata', { metric })) as Record<
      string,
      { type: string; help: string; unit: string }[]
    >;
    return found[metric] ?? [];
  }

  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await exit;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #get(path: string, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  }
}

/**
 * Passes scrapes on, so that the exporter is asked for one format: this Prometheus asks for OpenMetrics or, if need be, for
 * text, and cannot be told otherwise. `/text` is the one, `/openmetrics` the other.
 */
export class FormatProxy {
  /** What came back, by path: the content types. */
  readonly answered = new Map<string, Set<string>>();
  readonly #server;

  private constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => {
      const path = incoming.url!;
      const accept = path === '/text' ? 'text/plain;version=0.0.4' : incoming.headers.accept!;
      const headers = { ...incoming.headers, accept };
      request(`${target}/metrics`, { headers }, (answer) => {
        const types = this.answered.get(path) ?? new Set();
        this.answered.set(path, types.add(`${answer.headers['content-type']} ${answer.headers['content-encoding']}`));
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      })
        .on('error', () => outgoing.destroy())
        .end();
    });
  }

  static async start(target: string): Promise<FormatProxy> {
    const proxy = new FormatProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
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
