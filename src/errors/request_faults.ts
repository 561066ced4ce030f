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
