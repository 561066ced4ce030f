import { cpu } from './cpu.js';
import { build } from './dashboard.js';
import { exporter } from './exporter.js';
import { filesIo } from './files_io.js';
import { kubernetes } from './kubernetes.js';
import { memory } from './memory.js';
import { network } from './network.js';
import { overview } from './overview.js';
import { processes } from './processes.js';
import { security } from './security.js';

/** All dashboards, the overview first. */
export const dashboards = [overview, cpu, processes, filesIo, memory, network, security, kubernetes, exporter];

/** Content of each dashboard file, by file name. */
export function files(): Map<string, string> {
  return new Map(dashboards.map((one) => [`${one.uid}.json`, `${JSON.stringify(build(one), null, 2)}\n`]));
}
