/** The built exporter with one probe for each script. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAhead } from '../../virtual_machines/exporter.mjs';
import { samplesOf } from '../../virtual_machines/samples.mjs';

/** @typedef {import('../../virtual_machines/samples.mjs').Sample} Sample */

export class ScriptExporter {
  #folder = mkdtempSync(join(tmpdir(), 'santabpf-beside-'));
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #url = '';

  /**
   * Resolves when every probe is attached, or has a reason not to be.
   * @param {string} dist folder of the build
   * @param {Readonly<Record<string, string>>} files by name; `NAME.bt` and `NAME.yaml` are probes
   */
  async start(dist, files) {
    const config = join(this.#folder, 'santabpf.yaml');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
    const probes = Object.keys(files).map((name) => (name.endsWith('.bt') ? `./${name}` : name.replace('.yaml', '')));
    writeFileSync(config, JSON.stringify({ probe_path: ['.'], probe_deadline: '1m', probes }));
    const cache = join(this.#folder, 'cache');
    await readAhead(dist, config, cache);
    const flags = [`--config.file=${config}`, `--config.cache-folder=${cache}`, '--web.listen-address=127.0.0.1:0'];
    const child = spawn(process.execPath, [join(dist, 'main.js'), ...flags, '--log.format=json'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    const lines = [];
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      const [, url] = /"url":"([^"]+)"/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stderr.resume();
      this.#url = url;
      return;
    }
    throw new Error(`The exporter ended before it served:\n${lines.join('\n')}`);
  }

  /** @returns {Promise<ReadonlyMap<string, { state: string; reason?: { message: string } }>>} by probe */
  async states() {
    const { probes } = JSON.parse(await this.#get('/probes'));
    return new Map(probes.map((/** @type {{ name: string }} */ probe) => [probe.name, probe]));
  }

  /** @returns {Promise<Sample[]>} */
  async samples() {
    return samplesOf(await this.#get('/metrics'));
  }

  async stop() {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('close', resolve));
    }
    rmSync(this.#folder, { recursive: true });
  }

  /** @param {string} path */
  async #get(path) {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(new URL(path, this.#url), { headers: { connection: 'close' } });
        return await response.text();
      } catch (error) {
        // On an emulated machine a request can take longer than the exporter lets a connection be silent.
        if (attempt === 10) throw error;
        await sleep(1000);
      }
    }
  }
}
