import { alertsOf } from '../../../alerts/src/alert_list.js';
import { identityOf } from '../../../alerts/src/identity.js';
import { loadParameters, shippedParameters } from '../../../alerts/src/parameter_file.js';
import { windowsOf } from '../../../alerts/src/windows.js';

const parameters = loadParameters(shippedParameters);
const { rate } = windowsOf(parameters.interval, parameters.job);
const identity = identityOf(parameters.identity);

/** Recorded series, by command or what else the identity is, of the alerts that name only the host. */
const recorded = [
  { alerts: ['SantaCpuHigh', 'SantaRunQueueSaturated'], others: [], name: 'cpu_seconds' },
  { alerts: ['SantaShortLivedJobs'], others: ['parent', 'user'], name: 'short_lived_cpu' },
  { alerts: ['SantaMemoryReclaimStalls'], others: ['cgroup', 'limit'], name: 'memory_reclaim_stall_seconds' },
  { alerts: ['SantaTcpResets'], others: [], name: 'tcp_connections' },
  { alerts: ['SantaForkStorm'], others: [], name: 'forks' },
  { alerts: ['SantaPermissionStorm'], others: ['user', 'syscall'], name: 'denied_syscalls' },
];

/** Labels of alerts that name what they are about, in the order of their names. */
const telling = [
  ...new Set([...identity.labels, 'namespace', 'pod', 'container', 'unit', 'cgroup', 'command', 'user']),
  ...['local_port', 'peer_port', 'device', 'errno', 'reason', 'signal', 'probe', 'map', 'metric'],
];

/**
 * Alerts with a label `culprit`: what their labels name or, where they name only the host, what the recording rules of the alert show to
 * do most of it now.
 * @param alerts series with the labels of alerts and with alertname
 */
export function withCulprits(alerts: string): string {
  const found = recorded.map(({ alerts: names, others, name }) => {
    const series = `instance_${identity.level(...others)}:santabpf_${name}:rate${rate}`;
    const most = `topk by (job, instance) (1, sum by (job, instance, ${identity.list}) (${series}))`;
    return `${only(alerts, names)} * on (job, instance) group_left (${identity.list}) (${most} >= bool 0)`;
  });
  const all = `(${found.join(' or ')} or on (alertname, alertstate, severity, job, instance) ${alerts})`;
  const joined = `label_join(${withoutStatedProbe(all)}, "culprit", " ", ${telling.map((label) => `"${label}"`).join(', ')})`;
  // Empty labels leave gaps, of which two are closed.
  const trimmed = `label_replace(${joined}, "culprit", "$1", "culprit", " *(.*?) *")`;
  return closed(closed(trimmed));
}

/** Without the label `probe` where it says which probe the alert needs, not what the alert is about. */
function withoutStatedProbe(alerts: string): string {
  const names = alertsOf(parameters).flatMap(({ alert, probe }) => (probe === undefined ? [] : [alert]));
  return `label_replace(${alerts}, "probe", "", "alertname", "${names.join('|')}")`;
}

function closed(expression: string): string {
  return `label_replace(${expression}, "culprit", "$1 $2", "culprit", "(.*?[^ ])  +([^ ].*)")`;
}

/** Alerts with a label `dashboard`: the uid of the dashboard that shows more, without its beginning. */
export function withDashboards(alerts: string): string {
  const names = new Map<string, Set<string>>();
  for (const { alert, dashboard } of alertsOf(parameters)) {
    names.set(dashboard, (names.get(dashboard) ?? new Set()).add(alert));
  }
  return [...names].reduce(
    (expression, [dashboard, ofIt]) =>
      `label_replace(${expression}, "dashboard", "${dashboard}", "alertname", "${[...ofIt].join('|')}")`,
    alerts,
  );
}

/** Those of a sum of alerts whose name is one of these. */
function only(alerts: string, names: readonly string[]): string {
  return `(${alerts.replaceAll('alertname=~"Santa.+"', `alertname=~"${names.join('|')}"`)})`;
}
