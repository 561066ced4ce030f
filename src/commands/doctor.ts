/** `santabpf doctor`: what this kernel offers, which probes run on it, and what to change. */
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { isHealthy } from './doctor/diagnosis.js';
import { report } from './doctor/report.js';
import { paintFor } from './output/paint.js';
import { withProgress } from './output/progress.js';
import { tableWidthOf } from './output/wrapped.js';

export const command = defineCommand({
  name: 'doctor',
  summary: 'Say what this kernel offers, which probes run on it, and what to change',
  description: [
    'Says what this host and its kernel offer to BPF programs, which probes run here, and what to change.',
    'Every probe and every kind of hook is loaded and attached for real, and released at once.',
    'The exit code is 0 if every probe of the configuration runs, and otherwise 1.',
  ],
  operands: [],
  flags: {
    all: { help: 'Also list the kernel options that are as they should be' },
    json: { help: 'Print JSON, with everything' },
    'config.file': {
      takes: 'FILE',
      help: 'Main configuration file [config/santabpf.yaml of the package]',
      parse: text,
    },
    'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  },
  examples: ['doctor', 'doctor --json'],
  async run(_, flags) {
    // Loaded here: it has the whole exporter, which a help does not need.
    const { diagnose } = await import('./doctor/diagnose.js');
    const work = diagnose(flags['config.file'], flags['bpf.btf-file']);
    const diagnosis = await withProgress('Trying hooks and probes', work);
    const style = { paint: paintFor(process.stdout), width: tableWidthOf(process.stdout) };
    process.stdout.write(
      flags.json ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : report(diagnosis, style, flags.all),
    );
    return isHealthy(diagnosis) ? 0 : 1;
  },
});
