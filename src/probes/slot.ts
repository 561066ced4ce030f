import type { ProbeConfiguration } from '../config/configuration.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { ProbeState, ProbeStatus } from '../metrics/probe_status.js';
import { fingerprint } from './fingerprint.js';
import { Probe, type ProbeContext } from './probe.js';
import { budgetStatus, reasonOf } from './status_reason.js';

/** A configured probe: running, or unsupported, down or suspended for reasons. */
export interface Slot {
  readonly configuration: ProbeConfiguration;
  readonly fingerprint: string;
  readonly probe: Probe | undefined;
  /** Empty if the probe runs. */
  readonly reasons: readonly SantaError[];
  /** When a suspended probe is tried again, in seconds of the context's clock. */
  readonly suspendedUntil?: number;
}

/** Loads and attaches a probe. Does not reject: a probe that fails has its reasons, and nothing of it stays loaded. */
export async function bringUp(context: ProbeContext, configuration: ProbeConfiguration, prefix: string): Promise<Slot> {
  const base = { configuration, fingerprint: fingerprint(configuration) };
  let probe: Probe | undefined;
  try {
    probe = await Probe.prepare(context, configuration, prefix);
    await probe.attach();
    return { ...base, probe, reasons: [] };
  } catch (error) {
    probe?.close();
    return { ...base, probe: undefined, reasons: faultsOf(error, configuration.spec.probe) };
  }
}

/** Detaches and unloads the probe of a slot. @param reason why, and when it is tried again */
export function suspend({ configuration, fingerprint, probe }: Slot, suspendedUntil: number, reason: SantaError): Slot {
  probe?.close();
  return { configuration, fingerprint, probe: undefined, reasons: [reason], suspendedUntil };
}

/** The faults in a thrown value. Anything but a fault of the catalogue becomes PROBE_FAILED. */
function faultsOf(error: unknown, probe: string): readonly SantaError[] {
  if (error instanceof Faults) return error.faults;
  if (error instanceof SantaError) return [error];
  return [fault('PROBE_FAILED', { probe, reason: String(error) }, { cause: error })];
}

/** A probe is unsupported if nothing but this host keeps it from running. */
export function stateOf({ probe, reasons, suspendedUntil }: Slot): ProbeState {
  if (probe !== undefined) return 'up';
  if (suspendedUntil !== undefined) return 'suspended';
  return reasons.every(({ isUnsupported }) => isUnsupported) ? 'unsupported' : 'down';
}

export function statusOf(slot: Slot): ProbeStatus {
  const { configuration, probe, reasons } = slot;
  if (probe !== undefined) return probe.status();
  const { spec } = configuration;
  return {
    name: spec.probe,
    summary: spec.summary,
    state: stateOf(slot),
    ...budgetStatus(spec),
    ...(reasons.length > 0 && { reason: reasonOf(reasons) }),
    series: 0,
    programs: [],
    maps: [],
    metrics: [],
    events: [],
  };
}
