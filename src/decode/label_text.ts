/** Longest text of a label, in characters, unless its decoder allows more. */
export const textLimit = 128;

/** Cuts text that is longer than `limit` characters one character before it and adds an ellipsis. Never cuts a character in two. */
export function shorten(text: string, limit = textLimit): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text.slice(0, 2 * limit + 1));
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}
