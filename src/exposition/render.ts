import type { Family, Format } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import { PageWriter } from '../metrics/page_writer.js';

/** The Content-Type of each format. */
export const contentTypes: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Renders families, sorted by name. Families without series are left out; families of one name and type come under one
 * header, and of those that differ in type the first given is rendered and the others are left out.
 *
 * The families must not change until the last chunk is out, so a slow client must not slow this down: keep the chunks,
 * which are the caller's, and are never written again. Pauses by itself so as not to hold the event loop.
 */
export async function* render(
  families: Iterable<Family>,
  format: Format,
  pacer: Pacer,
): AsyncGenerator<Buffer, void, undefined> {
  const page = new PageWriter();
  let previous: Family | undefined;
  for (const family of sorted(families)) {
    if (previous?.name !== family.name) page.text(header(family, format));
    else if (previous.type !== family.type) continue;
    previous = family;
    let position: number | undefined = 0;
    while (position !== undefined) {
      position = family.write(page, position, format);
      if (page.hasFullChunk) yield* page.takeFull();
      if (pacer.isDue) await pacer.pause();
    }
  }
  if (format === 'openmetrics') page.text('# EOF\n');
  yield* page.takeRest();
}

function sorted(families: Iterable<Family>): Family[] {
  const shown = [...families].filter((family) => !family.isEmpty);
  return shown.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function header(family: Family, format: Format): string {
  const { type, help, unit } = family;
  if (format === 'text') {
    const name = type === 'counter' ? `${family.name}_total` : family.name;
    return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}\n`;
  }
  const { name } = family;
  const unitLine = unit && name.endsWith(`_${unit}`) ? `# UNIT ${name} ${unit}\n` : '';
  return `# HELP ${name} ${escapeHelp(help).replaceAll('"', '\\"')}\n# TYPE ${name} ${type}\n${unitLine}`;
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
