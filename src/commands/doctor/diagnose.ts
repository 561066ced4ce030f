/** Looks at everything, and tries hooks and probes. */
import { join } from 'node:path';
import { describeFault } from '../../errors/fault.js';
import { btfToUse, type Host, inspectHost, unsuitability } from '../../kernel/host.js';
import type { KernelContext } from '../../kernel/kernel_context.js';
import { loadAddon } from '../../kernel/load_addon.js';
import { packageFolder, packageVersion } from '../../package_folder.js';
import { checkOptions } from './configuration_options.js';
import { type Diagnosis, nextCommand, remediesOf } from './diagnosis.js';
import { tryHooks } from './hook_trials.js';
import { hostFindings } from './host_findings.js';
import { configurationFiles, readKernelConfiguration } from './kernel_configuration.js';
import { tryMaps } from './map_trials.js';
import { shippedFile, tryProbes } from './probe_trials.js';

const roots = { proc: '/proc', sys: '/sys' };

/**
 * @param given main file; that of the package if undefined
 * @param btfFile with the kernel's BTF, for kernels without their own
 * @throws SantaError ADDON_MISSING
 */
export async function diagnose(given: string | undefined, btfFile: string | undefined): Promise<Diagnosis> {
  const file = given ?? shippedFile;
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
