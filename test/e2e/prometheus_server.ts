import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One series in the result of an instant query. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** One series in the result of a range query: its values as text, oldest first. */
export interface Course {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

/** An alerting rule. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Settings of a server. */
export interface PrometheusOptions {
  /** Scrape and evaluation interval. Default: 500ms. */
  readonly interval?: string;
  readonly rules?: readonly AlertingRule[];
  /** Whether labels of a sample win over those of its target. */
  readonly honorLabels?: boolean;
  /** Labels of all targets. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Contents of further rule files. */
  readonly ruleFiles?: readonly string[];
  /** URL of an Alertmanager that receives the alerts. */
  readonly alertmanager?: string;
  /** Samples of the past, in the OpenMetrics format. */
  readonly history?: string;
}

/** An active alert. */
export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus process with a temporary database. */
export class PrometheusServer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The log so far. */
    readonly log: () => string,
  ) {}

  /** Starts the server and waits until it is ready. @param jobs metrics URL of each job's target */
  static async start(
    jobs: Readonly<Record<string, string>>,
    {
      interval = '500ms',
      rules = [],
      ruleFiles = [],
      honorLabels = false,
      labels = {},
      alertmanager,
      history,
    }: PrometheusOptions = {},
  ): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    const scrapes = Object.entries(jobs).map(([job, url]) => {
      const { host, pathname } = new URL(url);
      const targets = { static_configs: [{ targets: [host], labels }] };
      return { job_name: job, metrics_path: pathname, honor_labels: honorLabels, ...targets };
    });
    // JSON is YAML.
    const global = { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval };
    for (const [index, text] of ruleFiles.entries()) writeFileSync(join(folder, `rules-${index}.yml`), text);
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'test', rules }] }));
    const alertmanagers =
      alertmanager === undefined ? [] : [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }];
    const alerting = { alertmanagers };
    writeFileSync(file, JSON.stringify({ global, rule_files: ['rules*.yml'], alerting, scrape_configs: scrapes }));
    if (history !== undefined) {
      writeFileSync(join(folder, 'history.txt'), history);
      const words = ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'history.txt'), join(folder, 'data')];
      execFileSync('promtool', words, { stdio: 'pipe' });
    }
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
      child.once('exit', () => reject(new Error(`Prometheus exited during the start:\n${log}`)));
    });
    return new PrometheusServer(`http://127.0.0.1:${port}`, child, folder, () => log);
  }

  /** Result of an instant query. @param time seconds since 1970; default: now */
  async query(expression: string, time?: number): Promise<Result[]> {
    const parameters = { query: expression, ...(time === undefined ? {} : { time: String(time) }) };
    const { result } = (await this.#get('query', parameters)) as { result: Result[] };
    return result;
  }

  /** Result of a range query with a step of one second. @param start seconds since 1970 @param end the same */
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

  /** The values of a label in the series that match a selector. */
  async labelValues(label: string, selector: string): Promise<string[]> {
    return (await this.#get(`label/${label}/values`, { 'match[]': selector })) as string[];
  }

  /** The label sets of all series that match a selector. */
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

  /** The metadata of a metric from all targets. */
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
 * A proxy that selects the format of a scrape, which this version of Prometheus cannot configure: `/text` requests the text
 * format, `/openmetrics` passes on the header of Prometheus, which prefers OpenMetrics.
 */
export class FormatProxy {
  /** Content types and encodings of the answers, by path. */
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
