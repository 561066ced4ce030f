import { getValueFormat } from '@grafana/data';
import { interpolateViridis } from 'd3-scale-chromatic';
import { useEffect, useRef } from 'react';
import { theme } from './field_config.js';

const left = 60;
const bottom = 24;

/** A sketch of a heatmap, which @grafana/ui lacks. */
export function Heatmap({ frames, width, height, time, unit }) {
  const canvas = useRef(null);
  useEffect(() => draw(canvas.current, frames, time, unit), [frames, time, unit]);
  return <canvas ref={canvas} width={width} height={height} />;
}

function draw(canvas, frames, { from, to, step }, unit) {
  const pen = canvas.getContext('2d');
  const bounds = frames
    .map((frame) => ({ bound: Number(frame.name.replace('+Inf', 'Infinity')), frame }))
    .sort((one, other) => one.bound - other.bound);
  // Buckets are cumulative.
  const below = new Map();
  const rows = bounds.map(
    ({
      bound,
      frame: {
        fields: [times, values],
      },
    }) => ({
      bound,
      cells: times.values.map((at, index) => {
        const less = below.get(at) ?? 0;
        below.set(at, values.values[index]);
        return { at: at / 1000, value: Math.max(0, values.values[index] - less) };
      }),
    }),
  );
  const most = Math.max(...rows.flatMap(({ cells }) => cells.map(({ value }) => value)));
  const high = (canvas.height - bottom) / rows.length;
  const wide = ((canvas.width - left) * step) / (to - from);
  const every = Math.ceil(18 / high);
  pen.font = '12px Inter, Helvetica, Arial, sans-serif';
  for (const [index, { bound, cells }] of rows.entries()) {
    const y = canvas.height - bottom - (index + 1) * high;
    pen.fillStyle = theme.colors.text.primary;
    const { text, suffix } = getValueFormat(unit)(bound, 0);
    if (index % every === 0) pen.fillText(bound === Infinity ? '+Inf' : `${text}${suffix ?? ''}`, 0, y + high / 2 + 4);
    for (const { at, value } of cells) {
      if (value === 0) continue;
      const share = (value / most) ** 0.5;
      pen.fillStyle = interpolateViridis(share);
      pen.fillRect(left + ((at - from) / step - 1) * wide, y + 0.5, Math.max(1, wide - 1), high - 1);
    }
  }
}
