import type { Configuration } from './config/configuration.js';
import { Faults, SantaError } from './errors/fault.js';
import { faultFields, type Logger } from './log.js';

/** A probe with its state, and every fault found in it. */
export interface ProbeFailure {
  readonly probe: string;
  readonly state: 'up' | 'unsupported' | 'down' | 'suspended';
  readonly reasons: readonly SantaError[];
}

/** Logs each fault in a thrown value on a line of its own. @param introduction put before each message */
export function logFaults(logger: Logger, error: unknown, introduction = ''): void {
  for (const fault of error instanceof Faults ? error.faults : [error]) {
    if (fault instanceof SantaError) {
      logger.error(faultFields(fault), introduction + fault.message);
    } else {
      logger.error({ err: fault }, introduction + (fault instanceof Error ? fault.message : String(fault)));
    }
  }
}

/** Logs what the configuration asks for and does not run. */
export function logWarnings(logger: Logger, { warnings = [] }: Pick<Configuration, 'warnings'>): void {
  for (const warning of warnings) logger.warn(faultFields(warning), warning.message);
}

/** Logs what was left out of scripts. */
export function logScriptNotices(logger: Logger, { probes }: Pick<Configuration, 'probes'>): void {
  for (const { spec, file, script } of probes) {
    for (const { text, line, column } of script?.notices ?? [])
      logger.info({ probe: spec.probe, at: `${file}:${line}:${column}` }, `Probe "${spec.probe}": ${text}`);
  }
}

/** Logs which probes were suspended or run again, and which could not be tried again. */
export function logProbeChanges(logger: Logger, changes: readonly ProbeFailure[]): void {
  for (const { probe, state, reasons } of changes) {
    if (state === 'up') logger.info({ probe }, `Probe "${probe}" runs again`);
    if (state === 'suspended')
      for (const reason of reasons) logger.warn({ probe, ...faultFields(reason) }, reason.message);
  }
  logProbeFailures(
    logger,
    changes.filter(({ state }) => state === 'down' || state === 'unsupported'),
  );
}

/**
 * Logs why probes do not run: as errors if they are down, as warnings if this host does not support them. A fault of the
 * host that several probes share is logged once, before all others.
 */
export function logProbeFailures(logger: Logger, failures: readonly ProbeFailure[]): void {
  const shared = faultsOfHost(failures).filter(({ probes }) => probes.length > 1);
  for (const { reason, probes } of shared) {
    logger[levelOf(reason)]({ probes, ...faultFields(reason) }, reason.message);
  }
  const isShared = ({ message }: SantaError) => shared.some(({ reason }) => reason.message === message);
  for (const { probe, state, reasons } of failures) {
    const introduction = state === 'down' ? `Probe "${probe}" is down` : `Probe "${probe}" is unsupported on this host`;
    for (const reason of reasons.filter((one) => !isShared(one))) {
      logger[levelOf(reason)]({ probe, ...faultFields(reason) }, `${introduction}: ${reason.message}`);
    }
  }
}

function levelOf({ isUnsupported }: SantaError): 'warn' | 'error' {
  return isUnsupported ? 'warn' : 'error';
}

function faultsOfHost(failures: readonly ProbeFailure[]): { reason: SantaError; probes: string[] }[] {
  const found = new Map<string, { reason: SantaError; probes: string[] }>();
  for (const { probe, reasons } of failures) {
    for (const reason of reasons.filter(({ scope }) => scope === 'host')) {
      const entry = found.get(reason.message) ?? { reason, probes: [] };
      entry.probes.push(probe);
      found.set(reason.message, entry);
    }
  }
  return [...found.values()];
}
