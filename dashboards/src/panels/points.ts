/** Most points of a series. Grafana asks for one per pixel otherwise, and the time that Prometheus takes grows with them. */
export const points = {
  /** Histograms, which have many series. */
  costly: 200,
  /** A number: the graph behind it is small, or there is none. */
  behindNumber: 100,
} as const;

/** @param queries of a panel @returns undefined: one per pixel */
export function pointsOf(queries: readonly string[]): number | undefined {
  return queries.some((query) => query.includes('histogram_quantile(')) ? points.costly : undefined;
}
