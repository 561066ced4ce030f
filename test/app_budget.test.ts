import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Application } from '../src/app.js';
import type { Configuration } from '../src/config/configuration.js';
import { application, page } from './harness/application.js';
import { gate } from './harness/waiting.js';
import { ProbeFolder } from './probes/probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b']) folder.write(name);
});
afterEach(() => folder.remove());

describe('a budget with action suspend', () => {
  const settings = 'budget: { percent_of_one_cpu: 3, action: suspend }\n';
  let milliseconds = 0;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    milliseconds = 0;
    folder.write('tasks');
    folder.fake.programs.set('tasks', [{ name: 'list', section: 'iter/task' }]);
    // A tenth of the time between two looks.
    folder.fake.iterationNanoseconds = 1.5e9;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets so many times 15 s pass, with a scrape each. */
  async function look(exporter: Application, times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      milliseconds += 15_000;
      await page(exporter);
      vi.advanceTimersByTime(15_000);
    }
    await page(exporter);
  }

  const start = async (load?: () => Promise<Configuration>) => {
    const made = application(folder, [], load, () => milliseconds);
    await made.exporter.start(folder.configuration(['a', 'tasks'], settings));
    return made;
  };
  const states = (exporter: Application) => exporter.probes().map(({ name, state }) => `${name} ${state}`);

  test('suspends the costliest probe, and says so in the log, in the state and on the page', async () => {
    const { exporter, lines } = await start();
    await look(exporter, 6);
    expect(states(exporter)).toEqual(['a up', 'tasks suspended']);
    expect(lines.map(({ level, code, probe }) => ({ level, code, probe }))).toEqual([
      { level: 40, code: 'PROBE_SUSPENDED', probe: 'tasks' },
    ]);
    const text = await page(exporter);
    expect(text).toContain('santabpf_probe_state{probe="tasks",state="suspended"} 1\n');
    expect(text).toContain('santabpf_budget_ratio 0.03\n');
    expect(text).not.toContain('santabpf_tasks_total');
    await look(exporter, 40);
    expect(lines.map(({ msg }) => msg)).toContain('Probe "tasks" runs again');
    await exporter.close();
  });

  test('waits while a reload brings up probes', async () => {
    const { promise, open } = gate();
    const { exporter } = await start(() => promise.then(() => folder.configuration(['a', 'b', 'tasks'], settings)));
    await look(exporter, 4);
    const reload = exporter.reload();
    open();
    vi.advanceTimersByTime(15_000);
    await reload;
    expect(states(exporter)).toEqual(['a up', 'b up', 'tasks up']);
    await look(exporter, 6);
    expect(states(exporter)).toEqual(['a up', 'b up', 'tasks suspended']);
    await exporter.close();
  });

  test('ends with the exporter', async () => {
    const { exporter } = await start();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(15_000);
    await exporter.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
  });
});
