/** What the page uses of packages without types of their own. */
declare module 'd3-flame-graph' {
  interface Frame<Data> {
    readonly data: Data;
    readonly parent: Frame<Data> | null;
    readonly value: number;
    readonly highlight?: boolean;
  }
  interface FlameGraph<Data> {
    (selection: unknown): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    minFrameSize(pixels: number): this;
    transitionDuration(milliseconds: number): this;
    inverted(isInverted: boolean): this;
    resetHeightOnZoom(isReset: boolean): this;
    getName(name: (frame: Frame<Data>) => string): this;
    setLabelHandler(label: (frame: Frame<Data>) => string): this;
    setColorMapper(color: (frame: Frame<Data>) => string): this;
    setSearchMatch(match: (frame: Frame<Data>, term: string) => boolean): this;
    setSearchHandler(handle: (found: readonly Frame<Data>[], sum: number, total: number) => void): this;
    onHover(handle: (frame: Frame<Data>) => void): this;
    onClick(handle: (frame: Frame<Data>) => void): this;
    search(term: string): void;
    clear(): void;
    resetZoom(): void;
    update(): void;
  }
  export default function flamegraph<Data>(): FlameGraph<Data>;
}

declare module 'd3-selection' {
  interface Selection {
    datum(data: unknown): this;
    call(use: (selection: unknown) => void): this;
  }
  export function select(element: Element): Selection;
}
