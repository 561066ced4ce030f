import type { DecodeContext } from './decode/context.js';
import type { RepeatedWarnings } from './http/repeated_warnings.js';
import { faultFields } from './log.js';
import { frameName } from './profiles/frame_name.js';
import { FrameSymbolizer } from './symbols/symbolizer.js';
import { showHidden } from './visible_text.js';

/** A symbolizer that logs why it cannot work. It starts its helper process when it is first asked. @param proc the procfs of the host */
export function createSymbolizer(proc: string, warnings: RepeatedWarnings): FrameSymbolizer {
  return new FrameSymbolizer({
    proc,
    onUnavailable: (reason) => warnings.warn(reason.message, faultFields(reason)),
  });
}

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
