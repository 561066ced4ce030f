/**
 * Characters that show nothing or change how the text around them is shown: control characters, line separators, marks of
 * the writing direction, zero-width characters, tags. Classes of Unicode, so that no list has to be kept.
 */
const hidden = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;
const hiddenCharacter = new RegExp(hidden, 'u');
const hiddenCharacters = new RegExp(hidden, 'gu');

/** The first control or invisible character of a text; undefined when every character is visible. Spaces are. */
export function hiddenIn(text: string): string | undefined {
  return hiddenCharacter.exec(text)?.[0];
}

/** Text whose control and invisible characters are written as `\xNN` for each byte of their UTF-8 form. */
export function showHidden(text: string): string {
  return hiddenCharacter.test(text) ? text.replace(hiddenCharacters, escaped) : text;
}

/** Shows hidden characters and writes a backslash before an `x` as `\x5c`: different text stays different. */
export function visible(text: string): string {
  return showHidden(text.replaceAll('\\x', '\\x5cx'));
}

function escaped(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character)) text += escapedByte(byte);
  return text;
}

/** `\x0a` for 10. */
export function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
