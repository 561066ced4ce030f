import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CgroupNames } from '../../src/cgroups/cgroup_names.js';
import { cgroupLabels } from '../../src/cgroups/labels.js';
import { needs } from '../harness/requirements.js';

const id = '3d4e0c2ba4f9e1dd2fb7a1a8b0a1f0e3a5f4b9c8d7e6f5a4b3c2d1e0f9a8b7c6';
const other = 'aa00bb11cc22dd33ee44ff5566778899aa00bb11cc22dd33ee44ff5566778899';
const uid = '6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c11';
const pod = `/kubepods/burstable/pod${uid}`;

let root: string;
let now: number;
let names: CgroupNames;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'santabpf-names-'));
  now = 0;
  names = new CgroupNames({ proc: root, root, now: () => now, later: (_, callback) => callback() });
});
afterEach(() => rmSync(root, { recursive: true }));

function bundle(container: string, annotations: Record<string, string>): string {
  const folder = join(root, 'run/containerd/io.containerd.runtime.v2.task/k8s.io', container);
  mkdirSync(folder, { recursive: true });
  const keyed = Object.entries(annotations).map(([key, value]) => [`io.kubernetes.cri.${key}`, value]);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ annotations: Object.fromEntries(keyed) }));
  return folder;
}

const web = { 'container-name': 'web', 'sandbox-name': 'web-0', 'sandbox-namespace': 'shop', 'image-name': 'nginx:1' };

async function labelsOf(cgroup: number): Promise<Record<string, string>> {
  names.want(cgroup);
  await names.load();
  const texts = Object.entries(cgroupLabels).map(([kind, label]) => [
    kind,
    label(names.get(cgroup)!, names.containers),
  ]);
  return Object.fromEntries(texts.filter(([kind, text]) => kind !== 'cgroup' && text !== ''));
}

describe('names of containers', needs({ root: true }), () => {
  test('come from the files of the runtime, also for cgroups in the container', async () => {
    bundle(id, web);
    names.made(1, `${pod}/${id}`);
    names.made(2, `${pod}/${id}/init.scope`);
    const expected = { namespace: 'shop', pod: 'web-0', container: 'web', container_id: id, image: 'nginx:1' };
    expect([await labelsOf(1), await labelsOf(2)]).toEqual([expected, expected]);
  });

  test('are read when the cgroup is made: the container may be gone soon', async () => {
    const folder = bundle(id, web);
    names.made(1, `${pod}/${id}`);
    names.removed(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    rmSync(folder, { recursive: true });
    expect(await labelsOf(1)).toMatchObject({ pod: 'web-0', container: 'web' });
  });

  test('that are unknown are ids, and are looked for again', async () => {
    names.made(1, `${pod}/${id}`);
    expect(await labelsOf(1)).toEqual({ pod: uid, container: id.slice(0, 12), container_id: id });
    bundle(id, web);
    now += 9_999;
    expect(await labelsOf(1)).toMatchObject({ pod: uid });
    now += 1;
    expect(await labelsOf(1)).toMatchObject({ pod: 'web-0', container: 'web' });
  });

  test('name the pod of other containers and of its own cgroup', async () => {
    bundle(id, web);
    names.made(1, `${pod}/${id}`);
    names.made(2, `${pod}/${other}`);
    names.made(3, pod);
    await labelsOf(1);
    expect(await labelsOf(2)).toEqual({
      namespace: 'shop',
      pod: 'web-0',
      container: other.slice(0, 12),
      container_id: other,
    });
    expect(await labelsOf(3)).toEqual({ namespace: 'shop', pod: 'web-0' });
  });

  test('give no pod to a container outside of pods', async () => {
    bundle(id, web);
    names.made(1, `/k8s.io/${id}`);
    expect(await labelsOf(1)).toEqual({ container: 'web', container_id: id, image: 'nginx:1' });
  });

  test('of a node in a container are those of the node: nobody inside gets the names of a container of the host', async () => {
    bundle(id, web);
    bundle(other, { 'container-name': 'kind-worker' });
    names.made(1, `${pod}/${id}`);
    names.made(2, `/docker/${other}/kubelet${pod}/${id}`);
    names.made(3, `/user.slice/user-1000.slice/user@1000.service${pod}/${id}`);
    await labelsOf(1);
    expect(await labelsOf(2)).toEqual({
      container: `${other.slice(0, 12)}/${id.slice(0, 12)}`,
      container_id: `${other.slice(0, 12)}/${id}`,
      pod: `${other.slice(0, 12)}/${uid}`,
    });
    expect(await labelsOf(3)).toMatchObject({
      container: `user@1000.service/${id.slice(0, 12)}`,
      pod: `user@1000.service/${uid}`,
    });
    expect(await labelsOf(3)).not.toHaveProperty('namespace');
  });

  test('have no control or invisible characters', async () => {
    bundle(id, { ...web, 'container-name': 'a\nb', 'sandbox-name': '\u202ex', 'image-name': '\u200b' });
    names.made(1, `${pod}/${id}`);
    expect(await labelsOf(1)).toMatchObject({
      container: 'a\\x0ab',
      pod: '\\xe2\\x80\\xaex',
      image: '\\xe2\\x80\\x8b',
    });
  });

  test('are read of so many containers at a time', async () => {
    for (let n = 0; n < 3000; n++) names.made(n, `/k8s.io/${n.toString(16).padStart(64, '0')}`);
    const late = 'f'.repeat(64);
    names.made(5000, `/k8s.io/${late}`);
    bundle(late, web);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await labelsOf(5000)).toMatchObject({ container: 'web' });
  });
});
