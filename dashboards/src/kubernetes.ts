import type { Dashboard } from './dashboard.js';
import { overTime, trouble } from './kubernetes/over_time.js';
import { summary } from './kubernetes/summary.js';
import { namespaces, pods, workloads } from './kubernetes/tables.js';

export const kubernetes: Dashboard = {
  uid: 'santabpf-kubernetes',
  title: 'Kubernetes',
  description:
    "What namespaces, workloads and pods do. Needs namespace and pod in the exporter's setting identity; its variables have the names of those of kubernetes-mixin.",
  related: { title: 'kubernetes-mixin', tag: 'kubernetes-mixin' },
  sections: [summary, namespaces, workloads, overTime, pods, trouble],
};
