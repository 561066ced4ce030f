import { expect, test } from 'vitest';
import { dataPanels } from './dashboard_files.js';

test.each([
  ['heatmap', 200],
  ['stat', 100],
])('a %s asks for at most %d points', (type, most) => {
  const panels = dataPanels.filter(({ panel }) => panel.type === type);
  expect(panels).not.toEqual([]);
  for (const { panel } of panels) expect(panel.maxDataPoints, panel.title).toBe(most);
});

test('a graph asks for at most 200 points if it shows quantiles, else for one per pixel', () => {
  const graphs = dataPanels.filter(({ panel }) => panel.type === 'timeseries');
  const ofQuantiles = ({ panel }: (typeof graphs)[number]) =>
    panel.targets!.some(({ expr }) => expr.includes('histogram_quantile('));
  expect(graphs.filter(ofQuantiles).length).toBeGreaterThan(4);
  for (const graph of graphs)
    expect(graph.panel.maxDataPoints, graph.panel.title).toBe(ofQuantiles(graph) ? 200 : undefined);
});

test('quantiles leave out what is not a number, so that a panel knows that nothing happened', () => {
  const quantiles = dataPanels.flatMap(({ panel }) =>
    panel.targets!.flatMap(({ expr }) => [...expr.matchAll(/histogram_quantile\(/g)].map(() => expr)),
  );
  expect(quantiles.length).toBeGreaterThan(10);
  for (const expr of quantiles)
    expect(expr.split('histogram_quantile(').length, expr).toBe(expr.split('>= -Inf)').length);
});
