import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { blkioMark, mountedHierarchies } from '../../src/cgroups/hierarchies.js';
import { type RunningExporter, startExporter } from '../harness/exporter.js';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { Samples } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';
import { pause } from '../harness/waiting.js';

// The probe of this file does not look at block requests.
const hierarchies = (await mountedHierarchies('/proc')).filter(({ mark }) => mark !== blkioMark);
const folders = hierarchies.map(({ folder }) => folder);
const uid = '6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c11';
const id = '3d4e0c2ba4f9e1dd2fb7a1a8b0a1f0e3a5f4b9c8d7e6f5a4b3c2d1e0f9a8b7c6';

describe(
  'names of cgroups',
  needs({ root: true, bpf: true, files: folders.length ? folders : ['/sys/fs/cgroup/cgroup.procs'] }),
  () => {
    const made: string[] = [];
    let exporter: RunningExporter;

    function make(hierarchy: string, path: string): string {
      let folder = hierarchy;
      for (const name of path.split('/').slice(1)) {
        folder = join(folder, name);
        if (statSync(folder, { throwIfNoEntry: false })) continue;
        mkdirSync(folder);
        made.push(folder);
      }
      return folder;
    }

    /** Removes all but the first ones. */
    async function removeAll(kept: number): Promise<void> {
      for (const folder of made.splice(kept).reverse()) {
        // A process that has just ended may still be counted.
        for (let tries = 0; ; tries++) {
          try {
            rmdirSync(folder);
            break;
          } catch (error) {
            if (tries === 100) throw error;
            await pause(10);
          }
        }
      }
    }

    /** Changes the working directory so many times in a cgroup. */
    async function move(folder: string, times: number): Promise<void> {
      const script = `echo $$ >"$0/cgroup.procs"; i=0; while [ $i -lt $1 ]; do cd /; i=$((i+1)); done`;
      const child = spawn('sh', ['-c', script, folder, String(times)], { stdio: ['ignore', 'ignore', 'inherit'] });
      expect(await once(child, 'close')).toEqual([0, null]);
    }

    /** The other labels of what was counted under the command `sh` in this scrape, with their counts. */
    async function counted(): Promise<Record<string, number>> {
      const samples = new Samples(await exporter.get('/metrics'));
      return Object.fromEntries(samples.values('moves_total', { command: 'sh' }));
    }

    const text = (labels: Record<string, string>) =>
      ['cgroup', 'unit', 'slice', 'namespace', 'pod', 'container', 'container_id', 'image']
        .map((name) => `${name}="${labels[name] ?? ''}"`)
        .join(',');
    const root = `/santabpf-${process.pid}`;

    beforeAll(async () => {
      for (const { folder, mark } of hierarchies) make(folder, `${root}-before-${mark === 0n ? 'v2' : 'v1'}`);
      exporter = await startExporter(fixtureProbe('moves'));
    });
    afterEach(() => removeAll(hierarchies.length));
    afterAll(async () => {
      await exporter?.stop();
      await removeAll(0);
    });

    test.each(hierarchies)('of one that was there before: $folder', async ({ folder, mark }) => {
      const cgroup = `${root}-before-${mark === 0n ? 'v2' : 'v1'}`;
      await move(join(folder, cgroup), 7);
      expect((await counted())[text({ cgroup })]).toBe(7);
    });

    test.each(hierarchies)('of one that is gone before it is counted: $folder', async ({ folder, mark }) => {
      const cgroup = `${root}-short-${mark === 0n ? 'v2' : 'v1'}.service`;
      await move(make(folder, cgroup), 11);
      await removeAll(hierarchies.length);
      expect((await counted())[text({ cgroup, unit: cgroup.slice(1), slice: '-.slice' })]).toBe(11);
    });

    test('of containers and units', async () => {
      const [{ folder }] = hierarchies as [(typeof hierarchies)[0]];
      const cgroup = `/kubepods/burstable/pod${uid}/${id}`;
      await move(make(folder, cgroup), 3);
      const scope = `/system.slice/docker-${id}.scope`;
      await move(make(folder, scope), 4);
      const counts = await counted();
      expect(counts[text({ cgroup, pod: uid, container: id.slice(0, 12), container_id: id })]).toBe(3);
      const labels = {
        unit: `docker-${id}.scope`,
        slice: 'system.slice',
        container: id.slice(0, 12),
        container_id: id,
      };
      expect(counts[text({ cgroup: scope, ...labels })]).toBe(4);
    });

    test.runIf(hierarchies.some(({ mark }) => mark !== 0n))('change with a cgroup of v1', async () => {
      const { folder } = hierarchies.find(({ mark }) => mark !== 0n)!;
      const cgroup = make(folder, `${root}-old`);
      made.pop();
      const renamed = `${root}-new`;
      renameSync(cgroup, join(folder, renamed));
      made.push(join(folder, renamed));
      await pause(200);
      await move(join(folder, renamed), 6);
      expect((await counted())[text({ cgroup: renamed })]).toBe(6);
    });

    test('are followed by programs whose cost shows', async () => {
      const samples = new Samples(await exporter.get('/metrics'));
      const runs = samples.values('program_runs_total', { probe: 'cgroup_paths' });
      expect(runs.get('program="cgroup_made"')).toBeGreaterThan(4);
    });

    test('do not give way to those of somebody who makes many, and have no control characters', async () => {
      const [{ folder }] = hierarchies as [(typeof hierarchies)[0]];
      const crowd = make(folder, `${root}-crowd`);
      const cgroup = `${root}-one\u001b\u202e`;
      await move(make(folder, cgroup), 5);
      for (let count = 0; count < 4000; count++) {
        mkdirSync(join(crowd, 'x'));
        rmdirSync(join(crowd, 'x'));
      }
      rmdirSync(made.pop()!);
      expect((await counted())[text({ cgroup: String.raw`${root}-one\x1b\xe2\x80\xae` })]).toBe(5);
      const samples = new Samples(await exporter.get('/metrics'));
      expect(samples.values('cgroup_changes_lost_total').get('')).toBeGreaterThan(0);
    });

    test('cost nothing once no label needs them', async () => {
      const text = fixtureProbe('moves').files!['moves.yaml']!.toString();
      exporter.write({ 'moves.yaml': text.replaceAll(/^ {6}(?!command).*decode: (?!string).*$/gm, '') });
      exporter.process.kill('SIGHUP');
      await exporter.logged('The configuration was reloaded');
      const samples = new Samples(await exporter.get('/metrics'));
      expect(samples.values('program_runs_total', { probe: 'moves' }).size).toBe(1);
      expect(samples.values('program_runs_total', { probe: 'cgroup_paths' }).size).toBe(0);
      expect(samples.values('cgroup_changes_lost_total').size).toBe(0);
    });
  },
);
