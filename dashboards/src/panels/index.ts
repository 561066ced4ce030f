export { type Column, column } from './column.js';
export { type Heatmap, heatmap } from './heatmap.js';
export { type Lines, lines } from './lines.js';
export { rowLink } from './row_link.js';
export { type Stat, stat } from './stat.js';
export { steps } from './steps.js';
export { type Table, table } from './table.js';
export { runbookUrl } from './text.js';
export { tiles } from './tiles.js';
