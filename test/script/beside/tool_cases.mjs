/** The scripts in `tools/` of bpftrace's repository, unchanged. */
import { sumOf } from '../../virtual_machines/samples.mjs';
import { all, buckets, commandOf, histogram, intervals, keyed, lines, metric, sum } from './comparisons.mjs';

/** @typedef {import('./cases.mjs').Case} Case */

const blocks = ['WORKLOAD', 'block', '30', 'DISK', '8192'];

/** What everybody on the machine does is counted: both see the same but for the moments at which they begin and end. */
const nearly = 0.15;

/** @param {string} name @param {string} map @param {Partial<Case>} rest @returns {Case} */
function histogramOfHost(name, map, rest) {
  return tool(name, {
    compare: (_, probe) => [
      {
        what: 'values',
        tolerance: nearly,
        theirs: (printed) =>
          [...(printed.histograms.get(`@${map}`)?.keys() ?? [])].reduce(
            (count, key) => count + sum(intervals(printed, `@${map}`, key)),
            0,
          ),
        ours: (samples) => sum(buckets(samples, metric(probe, map, ''), {})),
      },
    ],
    ...rest,
  });
}

/** @param {string} name @param {string} map @param {Partial<Case>} rest @returns {Case} */
function countOfHost(name, map, rest) {
  return tool(name, {
    compare: (_, probe) => [
      {
        what: 'count',
        tolerance: nearly,
        theirs: (printed) => all(printed, `@${map}`),
        ours: (samples) => sumOf(samples, metric(probe, map, 'total'), {}),
      },
    ],
    ...rest,
  });
}

/** Lines that name the command of the work. @param {string} name @param {number} printf @param {number} argument @param {Partial<Case>} rest @returns {Case} */
function printed(name, printf, argument, rest) {
  return tool(name, { events: commandOf(printf, argument), compare: lines, ...rest });
}

/** @param {string} name @param {Partial<Case>} rest @returns {Case} */
function tool(name, rest) {
  return {
    name: name.replaceAll(/\W/g, '_'),
    from: 'tools',
    tool: `${name}.bt`,
    work: [],
    compare: () => [],
    ...rest,
  };
}

/** @param {string} path @param {readonly string[]} words */
const copyOf = (path, ...words) => [1, 2, 3, 4, 5].map(() => ['COPY', path, ...words]);

/** @type {readonly Case[]} */
export const toolCases = [
  tool('bitesize', { work: [blocks], compare: histogram() }),
  histogramOfHost('biolatency', 'usecs', { work: [blocks, blocks, blocks] }),
  histogramOfHost('cpuwalk', 'cpu', { work: [['WORKLOAD', 'spin', '2000']] }),
  histogramOfHost('runqlat', 'usecs', { work: [['WORKLOAD', 'pingpong', '20000']] }),
  histogramOfHost('runqlen', 'runqlen', { work: [['WORKLOAD', 'spin', '2000']] }),
  countOfHost('pidpersec', '', { settle: 1500, work: [['WORKLOAD', 'forks', '3000']] }),
  tool('syscount', {
    work: [['WORKLOAD', 'getppid', '100000']],
    compare: (comm, name) => [
      {
        what: 'calls',
        theirs: (printed) => keyed(printed, '@process', comm),
        ours: (samples) => sumOf(samples, `santabpf_${name}_process_total`, { comm }),
      },
    ],
  }),
  histogramOfHost('biostacks', 'usecs', { work: [blocks, blocks, blocks] }),
  printed('biosnoop', 3, 4, { work: [blocks] }),
  printed('killsnoop', 3, 3, { work: copyOf('/usr/bin/kill', '-0', '1') }),
  printed('naptime', 3, 4, { work: copyOf('/usr/bin/sleep', '0.01') }),
  printed('setuids', 5, 2, { work: copyOf('/usr/bin/setpriv', '--reuid=0', '--clear-groups', '/bin/true') }),
  printed('statsnoop', 3, 2, { work: copyOf('/usr/bin/stat', '/etc/hostname') }),
  printed('syncsnoop', 3, 2, { work: copyOf('/usr/bin/sync') }),
  printed('gethostlatency', 3, 2, { work: copyOf('/usr/bin/getent', 'ahosts', 'localhost') }),
  printed('threadsnoop', 2, 3, {
    work: copyOf('/usr/bin/python3', '-c', 'import threading; threading.Thread().start()'),
  }),
  printed('tcpdrop', 3, 2, { work: [['WORKLOAD', 'tcp-refused', '20']] }),
  tool('execsnoop', {
    events: { lines: { printf: 2, labels: { parent: 3 } } },
    work: copyOf('/usr/bin/sync', '--version'),
    compare: (_, name) => [
      {
        what: 'lines',
        theirs: (printed) => printed.lines.filter((line) => line.trim().split(/\s+/)[2] === String(process.pid)).length,
        ours: (samples) => sumOf(samples, `santabpf_${name}_lines_total`, { parent: String(process.pid) }),
      },
    ],
  }),
  countOfHost('vfscount', '', { needsKprobes: true, work: [['WORKLOAD', 'read', '20000', '10', '/dev/zero']] }),
  countOfHost('vfsstat', '', {
    needsKprobes: true,
    settle: 1500,
    work: [['WORKLOAD', 'read', '20000', '10', '/dev/zero']],
  }),
  histogramOfHost('biolatency-kp', 'usecs', { needsKprobes: true, work: [blocks, blocks, blocks] }),
  histogramOfHost('tcpsynbl', 'backlog', { needsKprobes: true, work: [['WORKLOAD', 'tcp', '50']] }),
  printed('capable', 3, 3, {
    needsKprobes: true,
    work: copyOf('/usr/bin/setpriv', '--reuid=0', '--clear-groups', '/bin/true'),
  }),
  tool('dcsnoop', {
    needsKprobes: true,
    // Of its two printfs, the one for names that are looked up on the disk.
    events: commandOf(4, 3),
    work: copyOf('/usr/bin/stat', '/nonexistent'),
    compare: (comm, name) => [
      {
        what: 'lines',
        theirs: (printed) => printed.lines.filter((line) => line.includes(` ${comm} `) && / M /.test(line)).length,
        ours: (samples) => sumOf(samples, `santabpf_${name}_lines_total`, { command: comm }),
      },
    ],
  }),
  tool('tcpaccept', {
    needsKprobes: true,
    events: { lines: { printf: 4, labels: { pid: 1 } } },
    work: [['WORKLOAD', 'tcp', '20']],
    compare: (_, name) => [
      {
        what: 'lines',
        // A line is printed in several parts: one has the number of the process and its command.
        theirs: (printed) => printed.lines.filter((line) => /^\d+\s+\S+\s*$/.test(line)).length,
        ours: (samples) => sumOf(samples, `santabpf_${name}_lines_total`, {}),
      },
    ],
  }),
  printed('tcpconnect', 4, 2, { needsKprobes: true, work: [['WORKLOAD', 'tcp', '20']] }),
  printed('tcplife', 3, 2, { needsKprobes: true, work: [['WORKLOAD', 'tcp', '20']] }),
  tool('tcpretrans', {
    needsKprobes: true,
    events: { lines: { printf: 3, labels: { pid: 1 } } },
    work: [['WORKLOAD', 'tcp-retransmits', '3']],
    compare: (_, name) => [
      {
        what: 'lines',
        // Two lines above the columns.
        theirs: (printed) => printed.lines.filter((line) => !/^(?:Tracing|TIME)/.test(line.trim())).length,
        ours: (samples) => sumOf(samples, `santabpf_${name}_lines_total`, {}),
      },
    ],
  }),
];
