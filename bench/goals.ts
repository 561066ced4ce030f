/** A line of the table of goals. Cells are text; empty where a candidate was not measured. */
export interface GoalRow {
  readonly measure: string;
  readonly off?: string;
  readonly floor?: string;
  readonly peer?: string;
  readonly ours: string;
  readonly goal: string;
  readonly reached: string;
}

/** Prints the table as Markdown. */
export function printGoals(rows: readonly GoalRow[]): void {
  console.log('| Measure | Off | One empty program | Peer | Default set | Goal | Reached |');
  console.log('|---|---:|---:|---:|---:|---|---|');
  for (const { measure, off = '', floor = '', peer = '', ours, goal, reached } of rows) {
    console.log(`| ${[measure, off, floor, peer, ours, goal, reached].join(' | ')} |`);
  }
}
