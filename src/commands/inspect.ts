/** `santabpf inspect OBJECT`: what is in a BPF object, and a probe file that makes metrics of it. */
import { defineCommand } from '../cli/command.js';
import { inspectHost } from '../kernel/host.js';
import { loadAddon } from '../kernel/load_addon.js';
import { readObject } from './inspect/object_parts.js';
import { probeFile, probeNameOf, proposeMaps } from './inspect/proposal.js';
import { inspectReport } from './inspect/report.js';
import { paintFor } from './output/paint.js';
import { tableWidthOf } from './output/wrapped.js';

export const command = defineCommand({
  name: 'inspect',
  summary: 'Show programs and maps of a BPF object, and propose a probe file for it',
  description: [
    'Shows the programs and maps of a BPF object, with the types of keys and values. Nothing is loaded.',
    'Proposes a probe file with a metric for each number in a map. What the object does not say is marked "guess".',
  ],
  operands: [{ name: 'OBJECT' }],
  flags: {
    yaml: { help: 'Print only the proposed probe file' },
    json: { help: 'Print JSON' },
  },
  examples: ['inspect opensnoop.bpf.o', 'inspect opensnoop.bpf.o --yaml > probes/opensnoop.yaml'],
  async run([file = ''], flags) {
    const host = inspectHost({ proc: '/proc', sys: '/sys' });
    const parts = readObject({ addon: loadAddon(), host, btfPath: undefined, onLog: () => {} }, file);
    const proposals = proposeMaps(parts);
    const hasMetrics = proposals.some(({ lines }) => lines.length > 0);
    const yaml = hasMetrics ? probeFile(parts, proposals) : undefined;
    if (flags.yaml) {
      if (yaml === undefined) process.stderr.write('No map of this object has a number that could be a metric\n');
      process.stdout.write(yaml ?? '');
      return Promise.resolve(yaml === undefined ? 1 : 0);
    }
    if (flags.json) {
      const { path, programs } = parts;
      const maps = parts.maps.map(({ key, value, ...map }) => ({
        ...map,
        key: key?.type ?? null,
        value: value?.type ?? null,
      }));
      process.stdout.write(
        `${JSON.stringify({ path, programs, maps, proposals, yaml: yaml ?? null }, undefined, 2)}\n`,
      );
      return 0;
    }
    const name = probeNameOf(parts.path);
    const next = yaml === undefined ? 'santabpf script --help' : `santabpf inspect ${file} --yaml > ${name}.yaml`;
    const style = { paint: paintFor(process.stdout), width: tableWidthOf(process.stdout) };
    process.stdout.write(inspectReport(parts, proposals, yaml, next, style));
    return 0;
  },
});
