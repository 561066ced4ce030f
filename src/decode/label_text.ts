/** Longest text of a label, in characters. */
export const textLimit = 128;

/** Cuts text that is too long after 127 characters and adds an ellipsis. Never cuts a character in two. */
export function shorten(text: string): string {
  if (text.length <= textLimit) return text;
  const characters = Array.from(text.slice(0, 2 * textLimit + 1));
  return characters.length <= textLimit ? text : `${characters.slice(0, textLimit - 1).join('')}…`;
}
