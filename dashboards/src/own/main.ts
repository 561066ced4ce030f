/** The part of `santabpf dashboard` that needs the dashboards' builder: `src/build.mjs` bundles it for the command. */
import type { ProbeMetrics } from '../../../src/config/probe_metrics.js';
import { build } from '../dashboard.js';
import { probeDashboard } from './probe_dashboard.js';

/** The content of a dashboard file for one probe. */
export function dashboardText(probe: ProbeMetrics): string {
  return `${JSON.stringify(build(probeDashboard(probe)), null, 2)}\n`;
}
