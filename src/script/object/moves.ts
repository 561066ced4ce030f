/** A move between registers of the machine. */
export interface Move {
  readonly to: number;
  readonly from: number;
}

/**
 * Orders moves that are meant to happen at the same time, such that no value is overwritten before it is moved.
 * @param spare a register that is in none of them, for cycles
 */
export function ordered(moves: readonly Move[], spare: number): Move[] {
  let waiting = moves.filter(({ to, from }) => to !== from);
  const result: Move[] = [];
  while (waiting.length > 0) {
    const ready = waiting.find(({ to }) => !waiting.some(({ from }) => from === to));
    if (ready !== undefined) {
      result.push(ready);
      waiting = waiting.filter((one) => one !== ready);
      continue;
    }
    // A cycle: its first value waits in the spare register.
    const { from } = waiting[0]!;
    result.push({ to: spare, from });
    waiting = waiting.map((one) => (one.from === from ? { ...one, from: spare } : one));
  }
  return result;
}
