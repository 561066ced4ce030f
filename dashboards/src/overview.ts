import type { Dashboard } from './dashboard.js';
import { alerts } from './overview/alerts.js';
import { cpuArea } from './overview/cpu.js';
import { exporterArea } from './overview/exporter.js';
import { filesIoArea } from './overview/files_io.js';
import { memoryArea } from './overview/memory.js';
import { networkArea } from './overview/network.js';
import { processesArea } from './overview/processes.js';
import { securityArea } from './overview/security.js';

export const overview: Dashboard = {
  uid: 'santabpf-overview',
  title: 'Overview',
  description:
    'Firing alerts first, then a row per area: three numbers, the top commands, and links to the dashboard with the details.',
  sections: [alerts, cpuArea, processesArea, filesIoArea, memoryArea, networkArea, securityArea, exporterArea],
};
