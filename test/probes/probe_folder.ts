import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration, ProbeConfiguration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load.js';
import { cgroupNames } from '../../src/decode/names/cgroup_names.js';
import { CpuWatch } from '../../src/kernel/cpu_watch.js';
import { HookCost } from '../../src/kernel/hook_cost.js';
import type { Host } from '../../src/kernel/host.js';
import type { KernelContext } from '../../src/kernel/kernel_context.js';
import { PlaceWatch } from '../../src/kernel/place_watch.js';
import { RunSampler } from '../../src/kernel/run_sampler.js';
import { Pacer } from '../../src/metrics/pacer.js';
import { CgroupFollower } from '../../src/probes/cgroup_follower.js';
import type { ProbeContext } from '../../src/probes/probe.js';
import { FakeContext } from '../decode/probe_context.js';
import { capableHost, FakeAddon } from '../harness/fake_addon.js';

/** A folder with probe files and objects, and a context that loads them into a fake kernel. */
export class ProbeFolder {
  readonly fake = new FakeAddon();
  readonly decode = new FakeContext();
  readonly hooks = new HookCost(this.fake.addon, () => {});
  readonly scrapeFailures: string[] = [];
  readonly logs: string[] = [];
  host: Host = capableHost;
  /** The clock of the context. */
  seconds = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'santabpf-probes-'));

  /**
   * Writes a probe with one metric over the map `events`: the gauge NAME if iterators fill the map, otherwise the counter
   * NAME_total. `settings` are further lines of the file.
   */
  write(name: string, settings = ''): void {
    const [metricName, type] = settings.includes('fills') ? [name, 'gauge'] : [`${name}_total`, 'counter'];
    const metric = `{ name: ${metricName}, type: ${type}, help: Events., map: events, labels: { key: {} } }`;
    this.#write(`${name}.yaml`, `probe: ${name}\nsummary: Counts.\nmetrics:\n  - ${metric}\n${settings}`);
    this.writeObject(name, 'an object');
  }

  writeObject(name: string, content: string): void {
    this.#write(`${name}.bpf.o`, content);
  }

  removeObject(name: string): void {
    rmSync(join(this.#folder, `${name}.bpf.o`));
  }

  /** A configuration with these probes. `settings` are further lines of the main file. */
  configuration(probes: readonly string[], settings = ''): Configuration {
    this.#write('main.yaml', `probes: [${probes.join(', ')}]\nprobe_path: [.]\n${settings}`);
    return loadConfiguration(join(this.#folder, 'main.yaml'), { objectFolder: this.#folder });
  }

  probe(name: string): ProbeConfiguration {
    return this.configuration([name]).probes[0]!;
  }

  context(): ProbeContext {
    const addon = this.fake.addon;
    const now = () => this.seconds;
    const kernel: KernelContext = {
      addon,
      host: this.host,
      btfPath: undefined,
      onLog: (probe, log) => this.logs.push(`${probe}: ${log}`),
    };
    return {
      kernel,
      decode: this.decode,
      sampler: new RunSampler({ addon, proc: '/nowhere', now }),
      hooks: this.hooks,
      cpus: new CpuWatch(this.#sys()),
      places: new PlaceWatch('/nowhere'),
      cgroups: new CgroupFollower({
        kernel,
        names: cgroupNames(this.decode),
        proc: this.decode.roots.proc,
        onFailure: (error) => this.logs.push(String(error)),
      }),
      pacer: new Pacer(now),
      now,
      onScrapeFailure: (probe, error) => this.scrapeFailures.push(`${probe}: ${String(error)}`),
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
    this.decode.remove();
  }

  /** A sysfs of a host with one CPU. */
  #sys(): string {
    const folder = join(this.#folder, 'sys/devices/system/cpu');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'online'), '0\n');
    return join(this.#folder, 'sys');
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.#folder, path), text);
  }
}
