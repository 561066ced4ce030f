import { type Panel, RowBuilder, type RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/** A panel without a place. */
export interface Placeable {
  /** @param width in columns */
  build(width: number): Panel;
}

/** Panels side by side, of one height. Their widths add up to the 24 columns of the grid. */
export interface Band {
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: Placeable])[];
}

/** A row of the dashboard: its headline and the bands of panels below it. */
export interface Section {
  readonly title: string;
  readonly bands: readonly Band[];
  /** Closed at first: it shows details, and queries nothing until somebody opens it. */
  readonly collapsed?: boolean;
}

const COLUMNS = 24;

export function band(height: number, ...panels: Band['panels']): Band {
  return { height, panels };
}

/** A panel or a row with its place. */
export type Placed = Panel | RowPanel;

/**
 * Gives each panel its place and id, from top to bottom and left to right. A collapsed row contains its panels and is one line high.
 * @throws Error if a band does not fill the grid
 */
export function place(sections: readonly Section[]): { build(): Placed; isRow: boolean }[] {
  const placed: { build(): Placed; isRow: boolean }[] = [];
  let id = 1;
  let y = 0;
  for (const { title, bands, collapsed = false } of sections) {
    const row = { title, id: id++, y: y++ };
    const panels: (() => Panel)[] = [];
    let below = y;
    for (const { height, panels: inBand } of bands) {
      let x = 0;
      for (const [width, panel] of inBand) {
        const position = { id: id++, gridPos: { x, y: below, w: width, h: height } };
        panels.push(() => ({ ...panel.build(width), ...position }));
        x += width;
      }
      if (x !== COLUMNS)
        throw new Error(`Section "${title}": the widths of a band add up to ${x} instead of ${COLUMNS}`);
      below += height;
    }
    placed.push({ build: () => rowOf(row, collapsed ? panels.map((build) => build()) : undefined), isRow: true });
    if (!collapsed) {
      placed.push(...panels.map((build) => ({ build, isRow: false })));
      y = below;
    }
  }
  return placed;
}

function rowOf({ title, id, y }: { title: string; id: number; y: number }, hidden?: readonly Panel[]): RowPanel {
  const row = new RowBuilder(title).id(id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }).build();
  return hidden === undefined ? row : { ...row, collapsed: true, panels: [...hidden] };
}
