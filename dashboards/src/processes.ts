import type { Dashboard } from './dashboard.js';
import { blockedTasks } from './processes/blocked_tasks.js';
import { executions } from './processes/executions.js';
import { forksAndExits } from './processes/forks_and_exits.js';
import { serviceExits } from './processes/service_exits.js';
import { shortLived } from './processes/short_lived.js';
import { summary } from './processes/summary.js';
import { syscallLatency } from './processes/syscall_latency.js';
import { syscalls } from './processes/syscalls.js';

export const processes: Dashboard = {
  uid: 'santabpf-processes',
  title: 'Processes and system calls',
  description: 'Which commands start processes, how processes end, and which system calls they make and fail.',
  sections: [summary, executions, forksAndExits, serviceExits, shortLived, blockedTasks, syscalls, syscallLatency],
};
