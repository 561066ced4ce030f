import type { PageWriter } from './page_writer.js';

/** The formats of an exposition: Prometheus text 0.0.4 and OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics';

export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

/** All series of one metric, ready to be written in either format. */
export interface Family {
  /** Without `_total`: counters carry it on their samples. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Base unit. Named in OpenMetrics when the name ends with it. */
  readonly unit?: string;
  /** A family without series is left out of the exposition. */
  readonly isEmpty: boolean;
  /**
   * Writes sample lines, first those of `position` 0, and returns early when the page has a full chunk.
   * @returns where to go on, or undefined when all is written
   */
  write(page: PageWriter, position: number, format: Format): number | undefined;
}
