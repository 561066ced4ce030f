/** Title and, for short values, width in pixels of the column that shows a label. */
interface LabelColumn {
  readonly title: string;
  /** Columns without a width share what is left: every table needs one. */
  readonly width?: number;
}

const labelColumns: Readonly<Record<string, LabelColumn>> = {
  alertname: { title: 'Alert', width: 220 },
  alertstate: { title: 'State', width: 80 },
  cgroup: { title: 'Cgroup' },
  container: { title: 'Container' },
  container_id: { title: 'Container id' },
  code: { title: 'Exit code', width: 90 },
  command: { title: 'Command' },
  culprit: { title: 'Culprit' },
  dashboard: { title: 'Dashboard', width: 100 },
  device: { title: 'Device' },
  errno: { title: 'Error', width: 126 },
  from: { title: 'From' },
  function: { title: 'Function' },
  instance: { title: 'Host' },
  identity: { title: 'Who' },
  image: { title: 'Image' },
  kernel: { title: 'Kernel' },
  kind: { title: 'Kind', width: 110 },
  libbpf: { title: 'libbpf', width: 80 },
  limit: { title: 'Limit hit', width: 90 },
  local_port: { title: 'Local port', width: 100 },
  login: { title: 'Login', width: 90 },
  map: { title: 'Map' },
  name: { title: 'Name' },
  namespace: { title: 'Namespace' },
  node: { title: 'Node.js', width: 90 },
  operation: { title: 'Operation', width: 100 },
  parent: { title: 'Parent' },
  pod: { title: 'Pod' },
  peer_port: { title: 'Remote port', width: 105 },
  probe: { title: 'Probe' },
  program: { title: 'Program' },
  reason: { title: 'Reason' },
  remark: { title: 'Remark' },
  requester: { title: 'Requester', width: 110 },
  scenario: { title: 'Scenario', width: 200 },
  severity: { title: 'Severity', width: 90 },
  signal: { title: 'Signal' },
  slice: { title: 'Slice' },
  state: { title: 'State' },
  syscall: { title: 'System call' },
  to: { title: 'To' },
  type: { title: 'Type' },
  unit: { title: 'Unit' },
  user: { title: 'User', width: 100 },
  version: { title: 'SantaBPF', width: 90 },
  way: { title: 'Method', width: 130 },
  workload: { title: 'Workload' },
};

/**
 * @param title instead of the usual one
 * @throws Error if the label has neither a title nor a column
 */
export function labelColumn(label: string, title?: string): LabelColumn {
  const found = Object.hasOwn(labelColumns, label) ? labelColumns[label] : undefined;
  if (title !== undefined) return { ...found, title };
  if (found === undefined) throw new Error(`Label "${label}" has no column title: add it to panels/label.ts`);
  return found;
}
