import type { Dashboard } from './dashboard.js';
import { oom } from './memory/oom.js';
import { reclaim } from './memory/reclaim.js';
import { summary } from './memory/summary.js';

export const memory: Dashboard = {
  uid: 'santabpf-memory',
  title: 'Memory',
  description: 'Which tasks stall because memory is short, which processes the OOM killer ended, and on whose request.',
  sections: [summary, oom, reclaim],
};
