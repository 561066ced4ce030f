import { showHidden } from '../visible_text.js';
import { kindOf } from './flame_tree.js';
import { frameName } from './frame_name.js';
import type { StackSet } from './stack_set.js';
import { pause, type Work } from './work.js';

/** Lines that are written at once. */
const LINES = 256;

/** As stackcollapse-perf.pl marks frames. flamegraph.pl colours them so. */
const SUFFIXES = { kernel: '_[k]', jit: '_[j]', user: '', other: '' } as const;

/**
 * Brendan Gregg's folded stacks: `label value;outermost;…;innermost number`, a line for each stack. Semicolons in names become colons,
 * hidden characters are written as `\xNN`. The generator throws the reason of the signal.
 */
export async function* foldedText(set: StackSet, work: Work): AsyncGenerator<Buffer, void, undefined> {
  const names = set.table.frames.map((frame) => `${word(frameName(frame))}${SUFFIXES[kindOf(frame)]}`);
  let text = '';
  let lines = 0;
  for (const { labels, frames, value } of set.stacks) {
    const words = Object.values(labels).map(word);
    for (const frame of frames) words.push(names[frame]!);
    text += `${words.join(';')} ${value}\n`;
    if (++lines % LINES !== 0) continue;
    yield Buffer.from(text);
    text = '';
    if (work.pacer.isDue) await pause(work);
  }
  yield Buffer.from(text);
}

function word(name: string): string {
  return showHidden(name).replaceAll(';', ':') || '[unknown]';
}
