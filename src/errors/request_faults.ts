import { entry } from './entry.js';

/** What is wrong with an HTTP request, or with its moment. */
export const requestFaults = {
  SCRAPE_LIMIT: entry(
    (p: { limit: number }) => `Expected at most ${p.limit} scrapes at the same time but received another`,
    'Scrape less often or from fewer places, or raise --web.max-requests.',
  ),
  SCRAPE_TIMEOUT: entry(
    (p: { seconds: number }) =>
      `Expected the kernel to be read within the scrape timeout of ${p.seconds} s but received no answer yet`,
    'Raise scrape_timeout, or run fewer probes; /probes shows how long each took.',
  ),
  RELOAD_REFUSED: entry(
    (p: { reason: string }) => `Expected a client that may reload but received ${p.reason}`,
    'Reload from this machine or with a user of --web.config.file, send SIGHUP, or start with --web.enable-lifecycle.',
  ),
} as const;
