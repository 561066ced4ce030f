import { Application } from '../../src/app.js';
import type { Configuration } from '../../src/config/configuration.js';
import type { Addon } from '../../src/kernel/addon.js';
import type { ProbeFolder } from '../probes/probe_folder.js';
import { keptLog } from './kept_log.js';

/** An application over the probes of a folder. @param reloaded probes of the configuration that a reload reads */
export function application(
  folder: ProbeFolder,
  reloaded: readonly string[] = ['a'],
  load?: (signal: AbortSignal) => Promise<Configuration>,
  now = () => performance.now(),
  addon: Addon = folder.fake.addon,
) {
  const { logger, lines } = keptLog();
  const exporter = new Application({
    addon,
    host: folder.host,
    roots: folder.decode.roots,
    btfFile: undefined,
    logger,
    version: { version: '0.1.0', libbpf: '1.1', node: '20.17.0', kernel: '6.1.0' },
    now,
    loadConfiguration: load ?? (async () => folder.configuration(reloaded)),
  });
  return { exporter, lines };
}

/** Lets everything happen that is due. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The page of a scrape in the text format. */
export async function page(exporter: Application, probes?: ReadonlySet<string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of (await exporter.scrape(probes)).render('text')) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
