import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../harness/requirements.js';

const commands = ['prometheus', 'prometheus-alertmanager', 'amtool', 'setpriv'];

/** A demo whose processes and temporary files can be found. */
class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), 'santabpf-demo-'));
  readonly #mark = `SANTABPF_DEMO=${randomUUID()}`;
  readonly #child: ChildProcess;
  #output = '';

  constructor() {
    const [name, value] = this.#mark.split('=') as [string, string];
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'demo.mjs')], {
      env: { ...process.env, TMPDIR: this.folder, [name]: value },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    onTestFinished(async () => {
      if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGTERM');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Everything that it printed, when it has printed this. */
  async printed(text: string): Promise<string> {
    while (!this.#output.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`The demo ended:\n${this.#output}`);
      await sleep(100);
    }
    return this.#output;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** Command lines of the processes that it started and that still run. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const isOurs = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(this.#mark);
          return isOurs ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
        } catch {
          // It has ended meanwhile.
          return [];
        }
      });
  }
}

describe('npm run demo', needs({ root: true, bpf: true, commands }), () => {
  test('prints links that answer, the page of the exporter first, and ends with everything it started', async () => {
    const demo = new Demo();
    const text = await demo.printed('Ctrl-C stops everything');
    const links = [...text.matchAll(/http:\/\/127\.0\.0\.1:\d+\S*/g)].map(([link]) => link);
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) {
      // With a base of an API, such as that of amtool, every path below it answers.
      const response = await fetch(link);
      expect(response.status, link).toBe(200);
    }
    expect(await (await fetch(links[0]!)).text()).toContain('· SantaBPF</title>');
    expect(text).toMatch(/Prometheus +\S+\/(classic\/)?alerts\n/);
    // Exporter, Prometheus, Alertmanager, the load, and the demo itself.
    expect(demo.processes().length).toBeGreaterThan(8);
    expect(await demo.end('SIGINT')).toBe(0);
    expect(demo.processes()).toEqual([]);
    expect(readdirSync(demo.folder)).toEqual([]);
  });

  test('ends so while it starts, too', async () => {
    const demo = new Demo();
    while (!demo.processes().some((command) => command.includes('prometheus-alertmanager'))) await sleep(50);
    expect(await demo.end('SIGTERM')).toBe(0);
    expect(demo.processes()).toEqual([]);
    expect(readdirSync(demo.folder)).toEqual([]);
  });
});
