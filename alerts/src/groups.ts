import { cpuHigh } from './cpu/cpu_high.js';
import { cpuSteal } from './cpu/cpu_steal.js';
import { cpuThrottled } from './cpu/cpu_throttled.js';
import { runQueueSaturated } from './cpu/run_queue_saturated.js';
import { shortLivedJobs } from './cpu/short_lived_jobs.js';
import { budget } from './exporter/budget.js';
import { cost } from './exporter/cost.js';
import { loss } from './exporter/loss.js';
import { probes } from './exporter/probes.js';
import { reachable } from './exporter/reachable.js';
import { diskErrors } from './files_io/disk_errors.js';
import { diskSlow } from './files_io/disk_slow.js';
import { filesExhausted } from './files_io/files_exhausted.js';
import { inotifyLimitReached } from './files_io/inotify_limit_reached.js';
import { limited } from './files_io/limited_calls.js';
import { pageCacheStarvation } from './files_io/page_cache_starvation.js';
import { oomKills } from './memory/oom_kills.js';
import { reclaimStalls } from './memory/reclaim_stalls.js';
import { acceptSlow } from './network/accept_slow.js';
import { connectFailing } from './network/connect_failing.js';
import { listenOverflows } from './network/listen_overflows.js';
import { outOfWorkers } from './network/out_of_workers.js';
import { packetsDropped } from './network/packets_dropped.js';
import { packetsRefused } from './network/packets_refused.js';
import { resets } from './network/resets.js';
import { retransmits } from './network/retransmits.js';
import { anomaly } from './past/anomaly.js';
import { blockedTasks } from './processes/blocked_tasks.js';
import { crashLoop } from './processes/crash_loop.js';
import { forkStorm } from './processes/fork_storm.js';
import { knownHosts } from './processes/known_hosts.js';
import type { Definition } from './rule.js';
import { kernelChanged } from './security/kernel_changed.js';
import { permissionStorm } from './security/permission_storm.js';
import { unexpectedPrivilege } from './security/unexpected_privilege.js';

/** A group of rules, which Prometheus evaluates in order. */
export interface Group {
  readonly name: string;
  /** Above the group as a comment. */
  readonly why?: string;
  readonly definitions: readonly Definition[];
}

/** A file of alerts/rules, without the ending. */
interface RuleFile {
  readonly name: string;
  /** At the beginning of the file as a comment; each line is a paragraph. */
  readonly heading: string;
  readonly groups: readonly Group[];
}

export const ruleFiles: readonly RuleFile[] = [
  {
    name: 'cpu',
    heading:
      'CPU and scheduling. Rates are over one minute and need a scrape_interval of 15 s or 30 s; SantaScrapedTooRarely warns of a longer one. Where a value may hover, `for` delays the alert, and a lower threshold and `keep_firing_for` delay its end.',
    groups: [
      { name: 'santabpf-cpu', definitions: [cpuHigh, shortLivedJobs, runQueueSaturated, cpuThrottled, cpuSteal] },
    ],
  },
  {
    name: 'files_io',
    heading: 'Files and block devices.',
    groups: [
      { name: 'santabpf-files', definitions: [limited, filesExhausted, inotifyLimitReached] },
      { name: 'santabpf-page-cache', definitions: [pageCacheStarvation] },
      { name: 'santabpf-block-io', definitions: [diskErrors, diskSlow] },
    ],
  },
  {
    name: 'memory',
    heading:
      'Memory: tasks stalled in reclaim, and OOM kills. The rules for the page cache are in files_io.yaml. Kills are counted exactly, as in processes.yaml.',
    groups: [{ name: 'santabpf-memory', definitions: [oomKills, reclaimStalls] }],
  },
  {
    name: 'network',
    heading: 'TCP. Ports identify the service; a port chosen by the kernel is `ephemeral`.',
    groups: [
      { name: 'santabpf-network', definitions: [connectFailing, resets, retransmits] },
      {
        name: 'santabpf-accept-queue',
        why: 'Listening sockets, and the connections that wait there to be accepted.',
        definitions: [acceptSlow, outOfWorkers, listenOverflows],
      },
      {
        name: 'santabpf-packet-drops',
        why: "Dropped packets. The reasons are those of the kernel's include/net/dropreason-core.h.",
        definitions: [packetsDropped, packetsRefused],
      },
    ],
  },
  {
    name: 'past',
    heading:
      'A host compared with its own past: the last hour with the same hour of the past seven days. To compare another activity, add a recording rule instance_activity:santabpf:now with its own label activity.',
    groups: [{ name: 'santabpf-past', definitions: [anomaly] }],
  },
  {
    name: 'processes',
    heading:
      'Processes that start and end. Single events are counted exactly: the counter now minus the counter five minutes ago. A series that did not exist five minutes ago starts from 0, unlike in increase(): the first crash of a program is the first sample of its series.',
    groups: [
      { name: 'santabpf-hosts', definitions: [knownHosts] },
      { name: 'santabpf-processes', definitions: [forkStorm, crashLoop, blockedTasks] },
    ],
  },
  {
    name: 'security',
    heading:
      'Refused system calls, gains of privilege, changes of the kernel. Single events are counted as in processes.yaml.',
    groups: [{ name: 'santabpf-security', definitions: [permissionStorm, unexpectedPrivilege, kernelChanged] }],
  },
  {
    name: 'watcher',
    heading:
      'The exporter itself. alertmanager.yaml lets these alerts silence those that depend on the same exporter (SantaExporterDown) or on the same probe (the label probe).',
    groups: [{ name: 'santabpf-watcher', definitions: [reachable, probes, loss, cost, budget] }],
  },
];

/** The rules of all files. */
export const definitions: readonly Definition[] = ruleFiles.flatMap(({ groups }) =>
  groups.flatMap((group) => group.definitions),
);
