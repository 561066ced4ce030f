/** A member of a JSON value; undefined if the value is no object or has no such member. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** Longest text that is taken: labels are shorter. */
const longest = 512;

/** A member that is text, cut to a length that a label cannot use up; otherwise ''. */
export function textMember(value: unknown, name: string): string {
  const text = member(value, name);
  return typeof text === 'string' ? text.slice(0, longest) : '';
}

/** @returns undefined if it is no JSON */
export function parseJson(content: Buffer | undefined): unknown {
  if (content === undefined) return undefined;
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
