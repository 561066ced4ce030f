/** HTML that is safe to put into a page. Plain text cannot be mistaken for it: only `html` and `trusted` create it. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** HTML from this code base, such as a style sheet or an icon. It is not escaped. */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

type Content = Html | string | number | undefined | readonly Content[];

/**
 * An HTML template. Inserted values are escaped for elements and quoted attributes, unless they are `Html`. Lists are
 * joined; `undefined` inserts nothing.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return Html.trusted(parts.reduce((page, part, index) => page + render(contents[index - 1]) + part));
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(render).join('');
  return escapeText(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// HTML allows no control characters. Bidirectional controls could make text read as different text.
function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      /[\n\t]/.test(character) ? character : '\ufffd',
    );
}
