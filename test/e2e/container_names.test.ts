import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Containers, containerId } from '../harness/containers.js';
import { type RunningExporter, startExporter } from '../harness/exporter.js';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { Samples } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';
import { PrometheusServer, type Result } from './prometheus_server.js';
import { until } from './until.js';

const commands = ['containerd', 'ctr', 'runc', 'podman'];

describe('names of containers', needs({ root: true, bpf: true, commands, files: ['/bin/busybox'] }), () => {
  const containers = new Containers();
  let exporter: RunningExporter;
  const uid = '6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c11';
  const moves = (times: number) => `i=0; while [ $i -lt ${times} ]; do cd /; i=$((i+1)); done`;

  beforeAll(async () => {
    await containers.start();
    exporter = await startExporter({ ...fixtureProbe('moves'), arguments: [`--path.rootfs=${containers.root}`] });
  });
  afterAll(async () => {
    await exporter?.stop();
    await containers.stop();
  });

  /** What was counted in containers by `sh`, by the labels that name the container. */
  async function counted(): Promise<Record<string, number>> {
    const samples = new Samples(await exporter.get('/metrics'));
    const found: Record<string, number> = {};
    for (const [labels, count] of samples.values('moves_total', { command: 'sh' })) {
      const shown = labels
        .split(',')
        .filter((label) => /^(namespace|pod|container|container_id|image)="[^"]/.test(label));
      const key = shown.sort().join(',');
      if (key !== '') found[key] = (found[key] ?? 0) + count;
    }
    return found;
  }

  function annotations(container: string, pod: string): string[] {
    const all = {
      'container-type': 'container',
      'container-name': container,
      'sandbox-name': pod,
      'sandbox-namespace': 'shop',
      'image-name': 'docker.io/library/nginx:1.25',
    };
    return Object.entries(all).flatMap(([key, value]) => ['--annotation', `io.kubernetes.cri.${key}=${value}`]);
  }

  test('of a pod, in containerd: exact, also when they are gone', async () => {
    const [web, log] = [containerId(), containerId()];
    const run = (id: string, name: string, times: number) => {
      const cgroup = `/kubepods/burstable/pod${uid}/${id}`;
      return containers.ctr('k8s.io', id, [...annotations(name, 'web-0'), '--cgroup', cgroup], moves(times));
    };
    await Promise.all([run(web, 'web', 137), run(log, 'log', 41)]);
    const labels = (id: string, name: string) =>
      `container="${name}",container_id="${id}",image="docker.io/library/nginx:1.25",namespace="shop",pod="web-0"`;
    expect(await counted()).toEqual({ [labels(web, 'web')]: 137, [labels(log, 'log')]: 41 });
  });

  test('of podman', async () => {
    await containers.image('santabpf-test:1');
    await containers.podman('shop-web', 'santabpf-test:1', moves(73));
    const found = Object.entries(await counted()).filter(([key]) => key.includes('shop-web'));
    expect(found).toEqual([
      [expect.stringMatching(/^container="shop-web",container_id="[0-9a-f]{64}",image="[^"]*santabpf-test:1"$/), 73],
    ]);
  });

  test('of runc in the cgroup of docker, with its file', async () => {
    const id = containerId();
    const folder = join(containers.root, 'var/lib/docker/containers', id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.v2.json'), JSON.stringify({ ID: id, Name: '/db', Config: { Image: 'db:2' } }));
    await containers.runc('db', `/docker/${id}`, moves(29));
    expect(await counted()).toMatchObject({ [`container="db",container_id="${id}",image="db:2"`]: 29 });
  });

  test('without a file: the short id', async () => {
    const id = containerId();
    await containers.runc('nameless', `/docker/${id}`, moves(17));
    expect(await counted()).toMatchObject({ [`container="${id.slice(0, 12)}",container_id="${id}"`]: 17 });
  });

  test(
    'survive in a Prometheus that adds its own namespace, pod and container to the targets',
    needs({ commands: ['prometheus'] }),
    async () => {
      const id = containerId();
      const cgroup = `/kubepods/burstable/pod${uid}/${id}`;
      await containers.ctr('k8s.io', id, [...annotations('cart', 'cart-7'), '--cgroup', cgroup], moves(31));
      const target = { namespace: 'santabpf', pod: 'santabpf-x1', container: 'santabpf' };
      execFileSync('sh', ['-c', 'cd /']);
      const jobs = { santabpf: `${exporter.url}/metrics` };
      const prometheus = await PrometheusServer.start(jobs, { honorLabels: true, labels: target });
      try {
        let found: readonly Result[] = [];
        await until('the series of the container', async () => {
          found = await prometheus.query(`santabpf_moves_total{command="sh",container_id="${id}"}`);
          return found.length > 0;
        });
        expect(found.map(({ metric, value }) => [metric, value[1]])).toEqual([
          [expect.objectContaining({ namespace: 'shop', pod: 'cart-7', container: 'cart' }), '31'],
        ]);
        expect(Object.keys(found[0]!.metric).filter((label) => label.startsWith('exported_'))).toEqual([]);
        // An empty label is no label, also where the target has one.
        const outside = await prometheus.query('santabpf_moves_total{command="sh",container_id="",cgroup!=""}');
        expect(outside.length).toBeGreaterThan(0);
        for (const { metric } of outside)
          for (const label of Object.keys(target)) expect(metric).not.toHaveProperty(label);
      } finally {
        await prometheus.stop();
      }
    },
  );
});
