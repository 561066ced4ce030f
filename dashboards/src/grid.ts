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
}

const COLUMNS = 24;

export function band(height: number, ...panels: Band['panels']): Band {
  return { height, panels };
}

/** Gives each panel its place and id, from top to bottom and left to right. @throws Error if a band does not fill the grid */
export function place(sections: readonly Section[]): { build(): Panel | RowPanel; isRow: boolean }[] {
  const placed: { build(): Panel | RowPanel; isRow: boolean }[] = [];
  let id = 1;
  let y = 0;
  for (const { title, bands } of sections) {
    const row = new RowBuilder(title).id(id++).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 });
    placed.push({ build: () => row.build(), isRow: true });
    for (const { height, panels } of bands) {
      let x = 0;
      for (const [width, panel] of panels) {
        const position = { id: id++, gridPos: { x, y, w: width, h: height } };
        placed.push({ build: () => ({ ...panel.build(width), ...position }), isRow: false });
        x += width;
      }
      if (x !== COLUMNS)
        throw new Error(`Section "${title}": the widths of a band add up to ${x} instead of ${COLUMNS}`);
      y += height;
    }
  }
  return placed;
}
