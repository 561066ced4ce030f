import { runQueue, runQueueByCommand } from './cpu/run_queue.js';
import { throttling } from './cpu/throttling.js';
import { usage } from './cpu/usage.js';
import type { Dashboard } from './dashboard.js';

export const cpu: Dashboard = {
  uid: 'santabpf-cpu',
  title: 'CPU and scheduling',
  description: 'Which commands use the CPUs and in which mode, and how long tasks wait for a CPU.',
  sections: [usage, runQueue, throttling, runQueueByCommand],
};
