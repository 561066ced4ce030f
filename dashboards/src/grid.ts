import { type Panel, RowBuilder, type RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/** A panel that does not know yet where it will be. */
export interface Placeable {
  /** @param width in columns */
  build(width: number): Panel;
}

/** Panels side by side, of one height; widths are of 24 columns and must fill them. */
export interface Band {
  readonly height: number;
  readonly panels: readonly (readonly [width: number, panel: Placeable])[];
}

/** A headline and what is below it. */
export interface Section {
  readonly title: string;
  readonly bands: readonly Band[];
}

const COLUMNS = 24;

export function band(height: number, ...panels: Band['panels']): Band {
  return { height, panels };
}

/** Gives each panel its place and number, from the top, from the left. */
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
      if (x !== COLUMNS) throw new Error(`Expected ${COLUMNS} columns in a band of ${title} but received ${x}`);
      y += height;
    }
  }
  return placed;
}
