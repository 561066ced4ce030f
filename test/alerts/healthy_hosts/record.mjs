/**
 * Records a busy but healthy host: runs the built exporter with the default configuration under a real load, scrapes it like Prometheus, and keeps the
 * series that rules read. Run it by hand, as root, after `npm run build`, on a machine that does nothing else:
 *
 *     node test/alerts/healthy_hosts/record.mjs NAME...     # build, database, containers or idle; about seven minutes each
 *
 * It writes recordings/NAME.json.gz. The test healthy_hosts.test.ts then checks that the load reached what it claims, and that every alert stays silent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startService } from '../../scenarios/service.mjs';
import { Workspace } from '../../scenarios/workspace.mjs';
import { Recorder, write } from './recording.mjs';

/**
 * @typedef {object} Load
 * @property {string} story what the host does, in one sentence
 * @property {(workspace: Workspace) => unknown} begin starts it; it lasts until the workspace ends
 */

const root = join(import.meta.dirname, '../../..');
/** Seconds between scrapes. */
const interval = 15;
/** Six minutes. */
const scrapes = 25;
/** Seconds under load before the first scrape, so that every sample is of the busy host. */
const warmUp = 30;

/** Names of the metrics in the shipped rules, and of some that are only there by their parts. */
function metricsOfRules() {
  const folder = join(root, 'alerts/rules');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return new Set(texts.flatMap((text) => text.match(/(?<![\w:])(?:santabpf|process)_\w+(?![\w:])/g) ?? []));
}

/** @param {string} name of a load */
async function record(name) {
  const { default: load } = /** @type {{ default: Load }} */ (await import(`./loads/${name}.mjs`));
  const workspace = new Workspace();
  const address = `127.0.0.1:${await freePort()}`;
  try {
    await load.begin(workspace);
    const exporter = await startService(
      process.execPath,
      [
        join(root, 'dist/main.js'),
        `--config.file=${join(root, 'config/santabpf.yaml')}`,
        `--web.listen-address=${address}`,
      ],
      `http://${address}`,
      '/-/ready',
    );
    workspace.cleanUp(exporter.stop);
    await sleep(1000 * warmUp);
    const recorder = new Recorder(metricsOfRules());
    const began = Date.now();
    for (let scrape = 0; scrape < scrapes; scrape++) {
      await sleep(Math.max(0, began + 1000 * interval * scrape - Date.now()));
      const response = await fetch(`http://${address}/metrics`);
      recorder.add(await response.text());
    }
    const recording = {
      story: load.story,
      kernel: release(),
      cpus: availableParallelism(),
      interval,
      scrapes,
      ...recorder.result(),
    };
    const bytes = write(join(import.meta.dirname, `recordings/${name}.json.gz`), recording);
    process.stdout.write(`${name}: ${Object.keys(recording.series).length} series, ${bytes} bytes\n`);
  } finally {
    await workspace.end();
  }
}

for (const name of process.argv.slice(2)) await record(name);
