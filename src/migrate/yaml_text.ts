/** YAML as a person writes it: mappings on one line where they fit. */

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined };

const widest = 110;
/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const taken = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const plainWord = /^[A-Za-z_][\w./-]*$/;
const plainSentence = /^[A-Za-z_][\w ./(),;+=<>~^$?-]*(?<! )$/;

/**
 * @param expanded levels of mappings and lists that are written line by line even if they would fit on one
 * @returns lines, without indentation
 */
export function yamlLines(value: Value, expanded: number): string[] {
  if (typeof value !== 'object') return [scalar(value, plainSentence)];
  if (Array.isArray(value)) {
    return value.flatMap((item: Value) => {
      const [first = '', ...more] = yamlLines(item, expanded - 1);
      return [`- ${first}`, ...more.map((line) => `  ${line}`)];
    });
  }
  return Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const name = keyText(key);
    if (typeof item !== 'object') return [`${name}: ${scalar(item, plainSentence)}`];
    const line = `${name}: ${flow(item)}`;
    if (expanded <= 1 && line.length <= widest) return [line];
    return [`${name}:`, ...yamlLines(item, expanded - 1).map((each) => `  ${each}`)];
  });
}

function flow(value: Value): string {
  if (typeof value !== 'object') return scalar(value, plainWord);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  const parts = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${keyText(key)}: ${flow(item)}`],
  );
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** Whole numbers are keys as they are. */
function keyText(key: string): string {
  return /^(?:0|[1-9]\d{0,14})$/.test(key) ? key : scalar(key, plainWord);
}

function scalar(value: string | number | boolean, plain: RegExp): string {
  if (typeof value !== 'string') return String(value);
  return plain.test(value) && !taken.test(value) ? value : JSON.stringify(value);
}
