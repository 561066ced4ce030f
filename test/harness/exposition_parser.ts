/** A small, strict parser of both exposition formats. It shares no code with the writers. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The value as it was written. */
  readonly valueText: string;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit?: string;
  readonly samples: ParsedSample[];
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Parses text 0.0.4 or OpenMetrics. Throws at the first violation of the format: order of header lines, a sample outside
 * its family, a repeated label set, a wrong escape.
 */
export function parseExposition(text: string, format: 'text' | 'openmetrics'): ParsedFamily[] {
  if (!text.endsWith('\n') && text !== '') throw new Error('the last line does not end');
  const lines = text.split('\n').slice(0, -1);
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF at the end');
  const families = new Map<string, ParsedFamily & { unit?: string }>();
  const seen = new Set<string>();
  let help: [string, string] | undefined;
  let family: (ParsedFamily & { unit?: string }) | undefined;
  for (const line of lines) {
    const header = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line);
    if (header) {
      const [, word, name = '', rest = ''] = header;
      if (word === 'HELP') {
        help = [name, unescaped(rest, format === 'openmetrics' ? '\\n"' : '\\n')];
      } else if (word === 'TYPE') {
        if (help?.[0] !== name) throw new Error(`no HELP before ${line}`);
        if (families.has(name)) throw new Error(`a second family ${name}`);
        family = { name, type: rest, help: help[1], samples: [] };
        families.set(name, family);
      } else {
        if (family?.name !== name || format === 'text' || !name.endsWith(`_${rest}`)) throw new Error(line);
        family.unit = rest;
      }
      continue;
    }
    if (!family) throw new Error(`a sample before any family: ${line}`);
    const sample = parseSample(line);
    const counter = format === 'openmetrics' ? ['_total'] : [''];
    const allowed = suffixes[family.type] ?? (family.type === 'counter' ? counter : ['']);
    const { name } = family;
    if (!allowed.some((suffix) => sample.name === name + suffix)) throw new Error(`${sample.name} in family ${name}`);
    const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(identity)) throw new Error(`twice: ${line}`);
    seen.add(identity);
    family.samples.push(sample);
  }
  return [...families.values()];
}

function parseSample(line: string): ParsedSample {
  const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === '{') {
    at++;
    while (line[at] !== '}') {
      const label = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(,(?=[a-zA-Z_])|(?=\}))/.exec(line.slice(at));
      if (!label) throw new Error(`labels: ${line}`);
      const [whole, key = '', escaped = ''] = label;
      if (Object.hasOwn(labels, key)) throw new Error(`label ${key} twice: ${line}`);
      labels[key] = unescaped(escaped, '\\n"');
      at += whole.length;
    }
    at++;
  }
  const value = /^ (\+Inf|-Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line.slice(at))?.[1];
  if (value === undefined) throw new Error(`value: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')), valueText: value };
}

function unescaped(text: string, allowed: string): string {
  return text.replace(/\\(.?)/gs, (whole, character: string) => {
    if (character === '' || !allowed.includes(character)) throw new Error(`escape ${whole} in ${text}`);
    return character === 'n' ? '\n' : character;
  });
}
