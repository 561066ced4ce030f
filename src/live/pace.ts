/** How often the page asks while it is visible, in milliseconds. */
export const PACE = {
  /** Between two readings of `/live`. */
  reading: 10_000,
  /** From the first reading to the second: rates need two. */
  firstReading: 2100,
  /** Between two looks at the state of the probes, which is the whole page. */
  states: 30_000,
} as const;
