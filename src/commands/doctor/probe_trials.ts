/** Which probes run on this host: each is brought up as the exporter would, and ended at once. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration, LoadOptions, ProbeConfiguration } from '../../config/configuration.js';
import { createApplication } from '../../create_application.js';
import { Faults } from '../../errors/fault.js';
import { createLogger } from '../../log.js';
import type { ProbeState, StatusReason } from '../../metrics/probe_status.js';
import { packageFolder } from '../../package_folder.js';
import { readConfigurationPatiently } from '../../reading/reading.js';

/** A probe, and what came of trying it. */
export interface ProbeTrial {
  readonly probe: string;
  readonly summary: string;
  /** Whether the configuration runs it; otherwise it is only shipped. */
  readonly isConfigured: boolean;
  readonly state: ProbeState;
  readonly reason?: StatusReason;
}

export interface ProbeTrials {
  readonly probes: readonly ProbeTrial[];
  /** What is wrong with the configuration, whose probes are not among `probes` then. */
  readonly faults: Faults | undefined;
}

/** The main file of the package. */
export const shippedFile = join(packageFolder, 'config/santabpf.yaml');
const objectFolder = join(packageFolder, 'dist/bpf');

const silence = { write: () => {} };

/**
 * Brings up the probes of a configuration and all shipped ones. Nothing is recorded, and nothing stays loaded.
 * @param configFile main file
 * @param options of the command line
 */
export async function tryProbes(
  configFile: string,
  { btfFile, version }: { readonly btfFile: string | undefined; readonly version: string },
): Promise<ProbeTrials> {
  const read = (file: string, load: LoadOptions) => readConfigurationPatiently(file, load, btfFile);
  const [configured, shipped] = await Promise.allSettled([
    read(configFile, { objectFolder }),
    read(shippedFile, { objectFolder, switches: new Map(shippedProbes().map((name) => [name, true])) }),
  ]);
  if (shipped.status === 'rejected') throw shipped.reason;
  if (configured.status === 'rejected' && !(configured.reason instanceof Faults)) throw configured.reason;
  const chosen = configured.status === 'fulfilled' ? configured.value.probes : [];
  const names = new Set(chosen.map(({ spec }) => spec.probe));
  const others = shipped.value.probes.filter(({ spec }) => !names.has(spec.probe));
  const base = configured.status === 'fulfilled' ? configured.value : shipped.value;
  const states = await bringUp({ ...base, probes: [...chosen, ...others] }, btfFile, version);
  return {
    probes: states.map((state) => ({ ...state, isConfigured: names.has(state.probe) })),
    faults: configured.status === 'rejected' ? (configured.reason as Faults) : undefined,
  };
}

/** The names of the probe files of the package. */
function shippedProbes(): string[] {
  const files = readdirSync(join(packageFolder, 'config/probes'));
  return files.flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []));
}

async function bringUp(
  configuration: Configuration & { readonly probes: readonly ProbeConfiguration[] },
  btfFile: string | undefined,
  version: string,
): Promise<Omit<ProbeTrial, 'isConfigured'>[]> {
  const logger = await createLogger({ level: 'error', format: 'json' }, silence);
  const application = createApplication(
    { roots: { proc: '/proc', sys: '/sys', root: '/' }, ...(btfFile !== undefined && { btfFile }) },
    { version, loadConfiguration: () => Promise.resolve(configuration) },
    logger,
  );
  try {
    // The recorder would write to the folder of a running exporter.
    await application.start({ ...configuration, recorder: undefined });
    return application.probes().map(({ name: probe, summary, state, reason }) => ({
      probe,
      summary,
      state,
      ...(reason && { reason }),
    }));
  } finally {
    await application.close();
  }
}
