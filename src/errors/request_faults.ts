import { entry } from './entry.js';

/** Faults of an HTTP request. */
export const requestFaults = {
  SCRAPE_LIMIT: entry(
    (p: { limit: number }) => `The limit of ${p.limit} concurrent scrapes is reached`,
    'Scrape less often or from fewer servers, or raise --web.max-requests.',
  ),
  SCRAPE_TIMEOUT: entry(
    (p: { seconds: number }) => `Reading the kernel did not finish within the scrape timeout of ${p.seconds} s`,
    'Raise scrape_timeout in Prometheus, or run fewer probes: /probes shows how long each takes.',
  ),
  SCRAPE_FILTER: entry(
    (p: { problem: string; remedy: string }) => p.problem,
    (p) => p.remedy,
  ),
  PROFILE_QUERY: entry(
    (p: { problem: string; remedy: string }) => p.problem,
    (p) => p.remedy,
  ),
  PROFILES_OFF: entry(
    (_: Record<never, never>) => 'No profiles are recorded: the flight recorder is off',
    'Add `flight_recorder: { size: 64MB }` and the probe `profile` (or `off_cpu`) to the main file, and reload.',
  ),
  PROFILE_PROBE_OFF: entry(
    (p: { kind: string; probe: string }) => `No stacks of kind "${p.kind}" are collected: probe "${p.probe}" is off`,
    (p) => `Add \`${p.probe}\` to \`probes\` in the main file, and reload.`,
  ),
  PROFILE_LIMIT: entry(
    (p: { limit: number; limitOfClient: number }) =>
      `Too many profiles are in progress: the limit is ${p.limit}, and ${p.limitOfClient} for one client`,
    'Try again when another profile has ended.',
  ),
  PROFILE_TOO_LARGE: entry(
    (p: { megabytes: number }) => `The profile is larger than ${p.megabytes} MB, compressed`,
    'Ask for a shorter window, or for one command or container.',
  ),
  RELOAD_REFUSED: entry(
    (p: { origin: 'a web page' | 'a proxy' | 'another machine' }) =>
      `Reload refused: the request comes from ${p.origin}`,
    'Reload from this machine, as a user of --web.config.file, or with SIGHUP; or start with --web.enable-lifecycle.',
  ),
  RELOAD_ABANDONED: entry(
    (_: Record<never, never>) => 'Reload abandoned: SantaBPF is shutting down',
    'Start it again: the start reads the configuration.',
  ),
} as const;
