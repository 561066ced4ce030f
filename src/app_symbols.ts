import type { DecodeContext } from './decode/context.js';
import { frameName } from './profiles/frame_name.js';
import type { FrameSymbolizer } from './symbols/symbolizer.js';
import { showHidden } from './visible_text.js';

/** Names stacks for labels, whose functions have a semicolon between them: one in a name becomes a colon. */
export function userFunctionsBy(symbolizer: FrameSymbolizer): DecodeContext['userFunctions'] {
  return async (stacks) => {
    const samples = stacks.map(({ pid, addresses }) => ({ labels: {}, pid, kernel: [], user: addresses, value: 1 }));
    const named = await symbolizer.symbolize(samples);
    return named.map(({ frames }) =>
      frames.map((frame) => showHidden(frameName(frame)).replaceAll(';', ':') || '[unknown]'),
    );
  };
}
