import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block. */
export interface CodeBlock {
  /** The language after the opening fence; may be empty. */
  readonly language: string;
  readonly text: string;
  /** The file that the block shows: the first path in backticks in the paragraph above. */
  readonly file: string | undefined;
}

/** A Markdown page of the project. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** The text without its fenced blocks. */
  readonly prose: string;
  /** Anchors of the headings, without `#`. */
  readonly anchors: ReadonlySet<string>;
  /** Targets of links and images outside code, as written. */
  readonly links: readonly string[];
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** Reads a page. @param path relative to the repository */
export function readPage(path: string): Page {
  const text = readFileSync(`${repository}/${path}`, 'utf8');
  const blocks = [...text.matchAll(fence)].map(({ index, 1: language = '', 2: content = '' }) => {
    const above = text.slice(0, index).trimEnd().split('\n\n').at(-1)!;
    return { language, text: content, file: /`([\w.-]+\/[^`\s]+)`/.exec(above)?.[1] };
  });
  const prose = text.replace(fence, '');
  return { path, text, blocks, prose, anchors: anchorsOf(prose), links: linksOf(prose) };
}

/** Anchors as GitHub makes them: lower case, no punctuation, hyphens for spaces, and -1, -2, … for repeated headings. */
function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function linksOf(prose: string): string[] {
  const withoutCode = prose.replace(/`[^`\n]*`/g, '');
  const inline = [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)];
  const html = [...withoutCode.matchAll(/\s(?:src|href)="([^"]+)"/g)];
  return [...inline, ...html].map(([, target = '']) => target);
}
