import { loadParameters, shippedParameters } from '../../alerts/src/parameter_file.js';
import { cpu } from './cpu.js';
import { build, type Dashboard } from './dashboard.js';
import { exporter } from './exporter.js';
import { filesIo } from './files_io.js';
import { kubernetes } from './kubernetes.js';
import { memory } from './memory.js';
import { network } from './network.js';
import { overview } from './overview.js';
import { probeMetric } from './probe_files.js';
import { processes } from './processes.js';
import { security } from './security.js';

/** All dashboards, the overview first. */
export const dashboards = [overview, cpu, processes, filesIo, memory, network, security, kubernetes, exporter];

/**
 * Content of each dashboard file, by file name.
 * @param prefix of the metrics of probes; default: the parameter `metric_prefix` in alerts/parameters.yaml
 */
export function files(prefix = loadParameters(shippedParameters).metric_prefix): Map<string, string> {
  const text = (one: Dashboard) => `${JSON.stringify(build(one), null, 2)}\n`;
  return new Map(dashboards.map((one) => [`${one.uid}.json`, prefixed(text(one), prefix)]));
}

/** Names of recording rules stay, and so do those of what the exporter says of itself. */
function prefixed(text: string, prefix: string): string {
  return text.replace(/(?<![\w:])santabpf_(\w+)(?![\w:])/g, (name, rest) =>
    probeMetric(name) === undefined ? name : prefix + rest,
  );
}
