/** HTML that is safe to put into a page. Only `html` makes it, so that text cannot be taken for it. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** Text of ours, taken as it is: a style sheet, a drawing. */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

type Content = Html | string | number | undefined | readonly Content[];

/**
 * A template of HTML. Whatever is put into it is text and is escaped, for elements and quoted attributes alike, unless
 * it is `Html` itself; lists are joined, `undefined` is nothing.
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

// Control characters are not allowed in HTML; those that turn the direction of text can make it read as something else.
function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      /[\n\t]/.test(character) ? character : '\ufffd',
    );
}
