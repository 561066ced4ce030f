import type { ProbeStatus } from '../../src/metrics/probe_status.js';

/** The status of a probe that is up, with `changes`. */
export function probeStatus(changes: Partial<ProbeStatus> = {}): ProbeStatus {
  return {
    name: 'execs',
    summary: 'Programs executed, by user and by command.',
    state: 'up',
    series: 12,
    programs: [
      {
        name: 'exec',
        section: 'tp_btf/sched_process_exec',
        runs: 1000,
        runSeconds: 0.25,
        entrySeconds: 0.04,
        missedRuns: 1,
        nanosecondsPerRun: 250,
        cpuShare: 0.0001,
      },
    ],
    maps: [{ name: 'execs', type: 'percpu_hash', entries: 12, maxEntries: 1024, lost: 3 }],
    metrics: [{ name: 'santabpf_execs_total', series: 12, dropped: 4, decodeErrors: 5 }],
    events: [{ buffer: 'records', records: 9, malformed: 1, lost: 2, seconds: 0.5 }],
    lastScrape: { seconds: 0.001, success: true },
    ...changes,
  };
}
