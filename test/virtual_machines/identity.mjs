/** Who did it, in a virtual machine: work in a cgroup that is gone before the scrape, and the stacks of a program. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
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
 * @returns {Promise<string[]>} what was wrong
 */
export async function lookAtIdentity() {
  return [...(await countPrograms()), ...(await findStacks())];
}

async function countPrograms() {
  const own = join(cgroups, 'of-the-test');
  mkdirSync(own);
  const count = 20;
  const work = `i=0; while [ $i -lt ${count} ]; do env true; i=$((i + 1)); done`;
  execFileSync('sh', ['-c', `echo $$ > ${own}/cgroup.procs; ${work}; echo $$ > ${cgroups}/cgroup.procs`]);
  rmdirSync(own);
  const labels = { cgroup: '/of-the-test', command: 'true' };
  const counted = sumOf(samplesOf(await page('/metrics')), 'santabpf_execs_total', labels);
  return counted === count ? [] : [`${count} programs of a cgroup were counted as ${counted}`];
}

async function findStacks() {
  const wrong = [];
  for (const [path, program] of [
    ['profile', 'while :; do :; done'],
    ['fgprof', 'while :; do sleep 0.1; done'],
  ]) {
    const busy = spawn('sh', ['-c', program ?? ''], { stdio: 'ignore' });
    try {
      const stacks = await page(`/debug/pprof/${path}?seconds=3&format=folded`);
      if (!/(^|;)sh;.* \d+$/m.test(stacks))
        wrong.push(`no stack of a known program in ${path}: ${stacks.slice(0, 500)}`);
    } finally {
      busy.kill('SIGKILL');
    }
  }
  return wrong;
}
