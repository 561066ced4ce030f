/** Rows and panels with every row open: the panels of a closed row follow it, and what comes after moves down. */
export function opened(panels) {
  let moved = 0;
  const down = (panel, by) => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + by } });
  return panels.flatMap((panel) => {
    const placed = down(panel, moved);
    if (panel.type !== 'row' || !panel.collapsed) return [placed];
    const inside = panel.panels.map((one) => down(one, moved));
    const top = placed.gridPos.y + 1;
    moved += Math.max(...inside.map(({ gridPos }) => gridPos.y + gridPos.h)) - top;
    return [{ ...placed, collapsed: false }, ...inside];
  });
}
