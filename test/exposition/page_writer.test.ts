import { describe, expect, it } from 'vitest';
import { PageWriter } from '../../src/exposition/page_writer.js';

const chunkSize = 64 * 1024;
const sizesOf = (chunks: readonly Buffer[]) => chunks.map(({ length }) => length);

describe('a page', () => {
  it('is empty until something is written', () => {
    const page = new PageWriter();
    expect(page.hasFullChunk).toBe(false);
    expect(page.takeFull()).toEqual([]);
    expect(page.takeRest()).toEqual([]);
  });

  it('gives each full chunk once, and the rest at the end', () => {
    const page = new PageWriter();
    const bytes = Buffer.from(Uint8Array.from({ length: 150_000 }, (_, index) => index % 251));
    page.append(bytes, 0, 1000);
    expect(page.hasFullChunk).toBe(false);
    page.append(bytes, 1000, 150_000);
    expect(page.hasFullChunk).toBe(true);
    const full = page.takeFull();
    expect(page.hasFullChunk).toBe(false);
    const rest = page.takeRest();
    expect([sizesOf(full), sizesOf(rest)]).toEqual([[chunkSize, chunkSize], [150_000 - 2 * chunkSize]]);
    expect(Buffer.concat([...full, ...rest]).equals(bytes)).toBe(true);
  });

  it('never writes again into a chunk that was taken', () => {
    const page = new PageWriter();
    page.append(Buffer.alloc(chunkSize + 1, 'a'), 0, chunkSize + 1);
    const [first] = page.takeFull();
    page.append(Buffer.alloc(2 * chunkSize, 'b'), 0, 2 * chunkSize);
    expect(first!.toString('latin1')).toBe('a'.repeat(chunkSize));
  });

  it('writes into a chunk that was given back', () => {
    const page = new PageWriter();
    page.append(Buffer.alloc(chunkSize + 1, 'a'), 0, chunkSize + 1);
    const [first] = page.takeFull();
    page.reuse(first!);
    page.append(Buffer.alloc(2 * chunkSize, 'b'), 0, 2 * chunkSize);
    const [second, third] = page.takeFull();
    expect(third).toBe(first);
    expect(second!.toString('latin1')).toBe(`a${'b'.repeat(chunkSize - 1)}`);
    expect(Buffer.concat([third!, ...page.takeRest()]).toString('latin1')).toBe('b'.repeat(chunkSize + 1));
  });

  it.each([
    ['short', 'é€🎅'],
    ['about as long as a chunk', '€'.repeat(chunkSize / 3)],
    ['longer than a chunk', 'x€'.repeat(chunkSize)],
  ])('takes text that is %s, wherever the chunk ends', (_, text) => {
    for (const before of [0, 1, 1000, chunkSize - 8, chunkSize - 1, chunkSize]) {
      const page = new PageWriter();
      page.append(Buffer.alloc(before, '#'), 0, before);
      page.text(text);
      page.text('end');
      expect(Buffer.concat(page.takeRest()).toString()).toBe(`${'#'.repeat(before)}${text}end`);
    }
  });
});
