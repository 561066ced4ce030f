import type { Dashboard } from './dashboard.js';
import { denials } from './security/denials.js';
import { kernelChanges } from './security/kernel_changes.js';
import { privileges } from './security/privileges.js';
import { summary } from './security/summary.js';

export const security: Dashboard = {
  uid: 'santabpf-security',
  title: 'Security',
  description: 'Which processes gain root and how, what is loaded into the kernel, and which calls are denied.',
  sections: [summary, privileges, kernelChanges, denials],
};
