/** `santabpf doctor`: what this kernel offers, which probes run on it, and what to change. */
import { join } from 'node:path';
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { describeFault } from '../errors/fault.js';
import { btfToUse, type Host, inspectHost, unsuitability } from '../kernel/host.js';
import type { KernelContext } from '../kernel/kernel_context.js';
import { loadAddon } from '../kernel/load_addon.js';
import { packageFolder, packageVersion } from '../package_folder.js';
import { checkOptions } from './doctor/configuration_options.js';
import { type Diagnosis, isHealthy, nextCommand, remediesOf } from './doctor/diagnosis.js';
import { tryHooks } from './doctor/hook_trials.js';
import { hostFindings } from './doctor/host_findings.js';
import { configurationFiles, readKernelConfiguration } from './doctor/kernel_configuration.js';
import { tryMaps } from './doctor/map_trials.js';
import { tryProbes } from './doctor/probe_trials.js';
import { report } from './doctor/report.js';
import { paintFor } from './output/paint.js';
import { withProgress } from './output/progress.js';

const roots = { proc: '/proc', sys: '/sys' };
const shippedFile = join(packageFolder, 'config/santabpf.yaml');

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
    const file = flags['config.file'] ?? shippedFile;
    const diagnosis = await withProgress('Trying hooks and probes', diagnose(file, flags['bpf.btf-file']));
    const paint = paintFor(process.stdout);
    process.stdout.write(
      flags.json ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : report(diagnosis, paint, flags.all),
    );
    return isHealthy(diagnosis) ? 0 : 1;
  },
});

async function diagnose(file: string, btfFile: string | undefined): Promise<Diagnosis> {
  const addon = loadAddon();
  const version = packageVersion();
  const host = inspectHost(roots);
  const context: KernelContext = { addon, host, btfPath: btfToUse(host, btfFile), onLog: () => {} };
  const isAble = unsuitability(host, btfFile) === undefined;
  const findings = hostFindings(host, roots);
  const hooks = await tryHooks(context, join(packageFolder, 'dist/bpf'));
  const { probes, faults } = await tryProbes(file, { btfFile, version });
  const configured = { file, faults: faults?.faults.map(describeFault) ?? [] };
  return {
    version,
    kernel: host.kernelRelease,
    host: findings,
    configuration: kernelOptions(host),
    hooks,
    maps: tryMaps(addon),
    probes,
    configured,
    remedies: remediesOf(findings, probes),
    next: nextCommand({ probes, configured }, file === shippedFile, isAble),
  };
}

function kernelOptions({ kernelRelease }: Host): Diagnosis['configuration'] {
  const configuration = readKernelConfiguration(configurationFiles(kernelRelease));
  if (configuration === undefined) return { file: null, options: [] };
  return { file: configuration.file, options: checkOptions(configuration) };
}
