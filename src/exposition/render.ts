import type { Family } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import type { Format } from './format.js';
import { writeHistograms } from './histogram_writer.js';
import { PageWriter } from './page_writer.js';
import { writeScalars } from './scalar_writer.js';
import { writeSummaries } from './summary_writer.js';

/**
 * Renders families, sorted by name. Families without series do not appear. Families with the same name and type share a
 * header; of two that differ in type, the first one given is rendered.
 *
 * The families must not change until the last chunk is out: buffer the chunks rather than wait for a slow client. A chunk
 * belongs to the caller, who may give it back by `next(chunk)`. The generator pauses when the pacer is due.
 */
export async function* render(
  families: Iterable<Family>,
  format: Format,
  pacer: Pacer,
): AsyncGenerator<Buffer, void, Buffer | undefined> {
  const page = new PageWriter();
  let previous: Family | undefined;
  for (const family of sorted(families)) {
    if (!previous || familyName(previous) !== familyName(family)) page.text(header(family, format));
    else if (previous.type !== family.type) continue;
    previous = family;
    let position: number | undefined = 0;
    while (position !== undefined) {
      position = writeSamples(family, format, page, position);
      for (const chunk of page.takeFull()) {
        const spare = yield chunk;
        if (spare !== undefined) page.reuse(spare);
      }
      if (pacer.isDue) await pacer.pause();
    }
  }
  if (format === 'openmetrics') page.text('# EOF\n');
  yield* page.takeRest();
}

/** The name in OpenMetrics, which is the identity of a family in both formats: counters drop `_total`. */
function familyName({ name, type }: Family): string {
  return type === 'counter' ? name.replace(/_total$/, '') : name;
}

function sorted(families: Iterable<Family>): Family[] {
  const named = [...families].filter(({ isEmpty }) => !isEmpty).map((family) => ({ family, name: familyName(family) }));
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return named.map(({ family }) => family);
}

/** Writes samples from `position` on. @returns where to go on, or undefined when all are written */
function writeSamples(
  { name, samples }: Family,
  format: Format,
  page: PageWriter,
  position: number,
): number | undefined {
  switch (samples.kind) {
    case 'scalar':
      return writeScalars(samples, page, position);
    case 'histogram':
      return writeHistograms(name, samples, page, position, format);
    case 'summary':
      return writeSummaries(name, samples, page);
  }
}

function header(family: Family, format: Format): string {
  const { type, help, unit } = family;
  if (format === 'text') {
    return `# HELP ${family.name} ${escapeHelp(help)}\n# TYPE ${family.name} ${type === 'unknown' ? 'untyped' : type}\n`;
  }
  const name = familyName(family);
  const unitLine = unit && name.endsWith(`_${unit}`) ? `# UNIT ${name} ${unit}\n` : '';
  return `# HELP ${name} ${escapeHelp(help).replaceAll('"', '\\"')}\n# TYPE ${name} ${type}\n${unitLine}`;
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
