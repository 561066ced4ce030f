/** Who did it, in a virtual machine: work in cgroups that are gone before the scrape, block I/O of cgroups, and the stacks of a program. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './exporter.mjs';
import { samplesOf, sumOf } from './samples.mjs';

const cgroups = '/sys/fs/cgroup';

/** The probes whose labels are looked at, and others that put a cgroup into their keys. */
export const identifiedProbes = [
  'execs',
  'opens',
  'tcp',
  'tcp_segments',
  'accept_queue',
  'reads_writes',
  'cpu_seconds',
  'runqlat',
  'biolatency',
  'page_cache',
  'profile',
  'off_cpu',
];

/**
 * Does known work and looks for it in the page and in the flight recorder.
 * @param {string} folder for a disk in a file
 * @returns {Promise<string[]>} what was wrong
 */
export async function lookAtIdentity(folder) {
  return [...(await countPrograms()), ...(await countBlocks(folder)), ...(await findStacks())];
}

/**
 * Runs a shell script in a cgroup of its own, which is gone afterwards.
 * @param {string} name of the cgroup
 * @param {string} script
 */
function runInCgroup(name, script) {
  const own = join(cgroups, name);
  mkdirSync(own);
  execFileSync('sh', ['-c', `echo $$ > ${own}/cgroup.procs; ${script}; echo $$ > ${cgroups}/cgroup.procs`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  rmdirSync(own);
}

/**
 * @param {string} what
 * @param {number} received
 * @param {number} expected
 * @returns {string[]}
 */
export function difference(what, received, expected) {
  return received === expected ? [] : [`${what}: expected ${expected} but received ${received}`];
}

async function countPrograms() {
  const count = 20;
  runInCgroup('of-the-test', `i=0; while [ $i -lt ${count} ]; do env true; i=$((i + 1)); done`);
  const labels = { cgroup: '/of-the-test', command: 'true' };
  return difference(
    'programs of a cgroup',
    sumOf(samplesOf(await page('/metrics')), 'santabpf_execs_total', labels),
    count,
  );
}

/**
 * With the controller "io" of cgroup v2, a request belongs to the cgroup that read, or that made the page dirty. Another process writes the
 * page back here.
 * @param {string} folder
 */
async function countBlocks(folder) {
  const [size, written, reads, block] = [1 << 22, 1 << 20, 32, 4096];
  const file = join(folder, 'disk');
  writeFileSync(file, Buffer.alloc(size));
  writeFileSync(join(cgroups, 'cgroup.subtree_control'), '+io +memory');
  const disk = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
  // The last process to close a block device writes its pages back, which must not be the one that made them dirty.
  const holder = spawn('sh', ['-c', `exec 9< ${disk}; echo open; read never`], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  const before = samplesOf(await page('/metrics'));
  // Pages of a cgroup that is gone belong to its parent: another process writes them back while it is there.
  const write = `dd if=/dev/zero of=${disk} bs=64k count=${written >> 16} conv=notrunc`;
  runInCgroup('of-the-writer', `${write}; echo $$ > ${cgroups}/cgroup.procs; sync ${disk}`);
  runInCgroup('of-the-reader', `dd if=${disk} of=/dev/null bs=${block} count=${reads} iflag=direct`);
  const after = samplesOf(await page('/metrics'));
  holder.kill('SIGKILL');
  const device = disk.replace('/dev/', '');
  const grown = (/** @type {string} */ metric, /** @type {Record<string, string>} */ labels) =>
    sumOf(after, `santabpf_${metric}`, labels) - sumOf(before, `santabpf_${metric}`, labels);
  const writes = { device, operation: 'write' };
  const writer = { ...writes, cgroup: '/of-the-writer' };
  const reader = { device, operation: 'read', cgroup: '/of-the-reader' };
  const uncached = { cgroup: '/of-the-reader', command: 'dd', cause: 'uncached' };
  return [
    ...difference('bytes written back', grown('block_io_size_bytes_sum', writes), written),
    ...difference('bytes written back, of the cgroup that wrote', grown('block_io_size_bytes_sum', writer), written),
    ...difference('direct reads of a cgroup', grown('block_io_duration_seconds_count', reader), reads),
    ...difference('bytes that a cgroup read past the cache', grown('disk_read_bytes_total', uncached), reads * block),
  ];
}

/**
 * Emulated on a busy host, names of functions may not be found before the exporter gives up a silent connection. It keeps what it has found.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {number} [tries]
 * @returns {Promise<T>}
 */
async function eventually(ask, tries = 5) {
  try {
    return await ask();
  } catch (error) {
    if (tries === 1) throw error;
    return eventually(ask, tries - 1);
  }
}

async function findStacks() {
  const wrong = [];
  for (const [path, program] of [
    ['profile', 'while :; do :; done'],
    ['fgprof', 'while :; do sleep 0.1; done'],
  ]) {
    const busy = spawn('sh', ['-c', program ?? ''], { stdio: 'ignore' });
    try {
      const stacks = await eventually(() => page(`/debug/pprof/${path}?seconds=3&format=folded`));
      if (!/(^|;)sh;.* \d+$/m.test(stacks))
        wrong.push(`no stack of a known program in ${path}: ${stacks.slice(0, 500)}`);
    } finally {
      busy.kill('SIGKILL');
    }
  }
  return wrong;
}
