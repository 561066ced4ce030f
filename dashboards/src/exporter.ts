import type { Dashboard } from './dashboard.js';
import { cost } from './exporter/cost.js';
import { events } from './exporter/events.js';
import { loss } from './exporter/loss.js';
import { process } from './exporter/process.js';
import { recorder } from './exporter/recorder.js';
import { scrapes } from './exporter/scrapes.js';
import { summary } from './exporter/summary.js';

export const exporter: Dashboard = {
  uid: 'santabpf-exporter',
  title: 'Exporter',
  description: 'Whether all probes are up, what they cost, and what data is lost.',
  sections: [summary, cost, loss, scrapes, process, recorder, events],
};
