/** Colours, for terminals only. */
import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** Writes a text in a colour, or as it is. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * @param stream where the text will be written
 * @param environment NO_COLOR switches colours off (no-color.org)
 */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  const isPlain = stream.isTTY !== true || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return isPlain ? (_, text) => text : (colour, text) => styleText(colour, text, { validateStream: false });
}
