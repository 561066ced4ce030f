import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Runtime } from '../../../src/cgroups/container_layouts.js';
import { readContainerName } from '../../../src/cgroups/runtimes/container_file.js';
import { needs } from '../../harness/requirements.js';

const id = '3d4e0c2ba4f9e1dd2fb7a1a8b0a1f0e3a5f4b9c8d7e6f5a4b3c2d1e0f9a8b7c6';
const other = 'aa00bb11cc22dd33ee44ff5566778899aa00bb11cc22dd33ee44ff5566778899';
const bundle = (annotations: Record<string, string>) => ({
  ociVersion: '1.0.2-dev',
  process: { args: ['nginx', '-g', 'daemon off;'], env: ['PATH=/usr/bin'] },
  annotations,
  linux: { cgroupsPath: `kubepods-burstable-podX.slice:cri-containerd:${id}` },
});
const stored = (one: string, name: string, image: string) => ({
  id: one,
  names: [name],
  image: '05455a08881ea9cf0e752bc48e61bbd71a34c029bb13df01e40e3e70e0d007bd',
  layer: 'c1a2',
  metadata: JSON.stringify({ 'image-name': image, name, 'created-at': 1700000000, evil: `{"id":"${other}"` }),
  created: '2024-05-01T10:00:00Z',
  flags: { MountLabel: '', ProcessLabel: '' },
});

const containerd = `run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`;
const crio = `run/containers/storage/overlay-containers/${id}/userdata/config.json`;
const docker = `var/lib/docker/containers/${id}/config.v2.json`;
const podman = 'var/lib/containers/storage/overlay-containers/containers.json';

const cri = {
  'io.kubernetes.cri.container-name': 'web',
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.25',
  'io.kubernetes.cri.sandbox-id': other,
  'io.kubernetes.cri.sandbox-name': 'web-5d9c7b8f6-abcde',
  'io.kubernetes.cri.sandbox-namespace': 'shop',
};

const files: [name: string, runtime: Runtime | undefined, path: string, content: unknown, expected: object][] = [
  [
    'containerd, CRI plugin',
    'containerd',
    containerd,
    bundle(cri),
    { container: 'web', image: 'docker.io/library/nginx:1.25', namespace: 'shop', pod: 'web-5d9c7b8f6-abcde' },
  ],
  [
    'containerd, the sandbox of a pod',
    'containerd',
    containerd,
    bundle({ ...cri, 'io.kubernetes.cri.container-type': 'sandbox', 'io.kubernetes.cri.container-name': '' }),
    { container: 'POD', image: 'docker.io/library/nginx:1.25', namespace: 'shop', pod: 'web-5d9c7b8f6-abcde' },
  ],
  [
    'containerd of k3s',
    undefined,
    `run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
    bundle(cri),
    { container: 'web', image: 'docker.io/library/nginx:1.25', namespace: 'shop', pod: 'web-5d9c7b8f6-abcde' },
  ],
  [
    'nerdctl',
    'containerd',
    `run/containerd/io.containerd.runtime.v2.task/default/${id}/config.json`,
    bundle({ 'nerdctl/name': 'web-1', 'nerdctl/namespace': 'default' }),
    { container: 'web-1', image: '', namespace: '', pod: '' },
  ],
  [
    'ctr: no names',
    'containerd',
    `run/containerd/io.containerd.runtime.v2.task/default/${id}/config.json`,
    bundle({}),
    { container: '', image: '', namespace: '', pod: '' },
  ],
  [
    'CRI-O, whose pod claims to be another by annotations of containerd',
    'crio',
    crio,
    bundle({
      ...cri,
      'io.kubernetes.container.name': 'db',
      'io.kubernetes.pod.name': 'db-0',
      'io.kubernetes.pod.namespace': 'bank',
      'io.kubernetes.cri-o.ImageName': 'quay.io/db:2',
    }),
    { container: 'db', image: 'quay.io/db:2', namespace: 'bank', pod: 'db-0' },
  ],
  [
    'docker',
    'docker',
    docker,
    {
      ID: id,
      Name: '/web',
      Config: { Image: 'nginx:1.25', Labels: { a: 'b' }, Hostname: 'x' },
      State: { Running: true },
    },
    { container: 'web', image: 'nginx:1.25', namespace: '', pod: '' },
  ],
  [
    'docker under kubelet',
    undefined,
    docker,
    {
      ID: id,
      Name: '/k8s_web_web-0_shop_6f0fa31f_0',
      Config: {
        Image: 'sha256:0011',
        Labels: {
          'io.kubernetes.container.name': 'web',
          'io.kubernetes.docker.type': 'container',
          'io.kubernetes.pod.name': 'web-0',
          'io.kubernetes.pod.namespace': 'shop',
        },
      },
    },
    { container: 'web', image: 'sha256:0011', namespace: 'shop', pod: 'web-0' },
  ],
  [
    'podman',
    'podman',
    podman,
    [stored(other, 'first', 'x'), stored(id, 'web', 'docker.io/library/nginx:1.25'), stored('00', 'last', 'y')],
    { container: 'web', image: 'docker.io/library/nginx:1.25', namespace: '', pod: '' },
  ],
  [
    'podman, the last of the list',
    'podman',
    podman,
    [stored(other, 'first', 'x'), stored(id, 'web', 'nginx')],
    { container: 'web', image: 'nginx', namespace: '', pod: '' },
  ],
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'santabpf-runtimes-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('the files of runtimes', needs({ root: true }), () => {
  test.each(files)('%s', async (_, runtime, path, content, expected) => {
    write(path, content);
    expect(await readContainerName(root, { runtime, id })).toEqual(expected);
  });

  test('a missing file says nothing', async () => {
    expect(await readContainerName(root, { runtime: undefined, id })).toBeUndefined();
    write(podman, [stored(other, 'first', 'x')]);
    expect(await readContainerName(root, { runtime: 'podman', id })).toBeUndefined();
  });

  test.each([
    ['owned by another user', (file: string) => chownSync(file, 1000, 1000)],
    ['writable for its group', (file: string) => chmodSync(file, 0o664)],
    [
      'that is a link',
      (file: string) => {
        rmSync(file);
        symlinkSync(write('elsewhere.json', bundle(cri)), file);
      },
    ],
    [
      'too large',
      (file: string) => writeFileSync(file, JSON.stringify({ annotations: cri, more: 'x'.repeat(600_000) })),
    ],
    ['that is no JSON', (file: string) => writeFileSync(file, '{"annotations":')],
  ])('a file %s says nothing', async (_, spoil) => {
    const file = write(containerd, bundle(cri));
    expect(await readContainerName(root, { runtime: 'containerd', id })).toBeDefined();
    spoil(file);
    expect(await readContainerName(root, { runtime: 'containerd', id })).toBeUndefined();
  });

  test.each(['../../../etc', '.', '..', 'a/b', ''])('the id "%s" is no path', async (odd) => {
    write(join('run/containerd/io.containerd.runtime.v2.task/k8s.io', odd, 'config.json'), bundle(cri));
    expect(await readContainerName(root, { runtime: 'containerd', id: odd })).toBeUndefined();
  });

  test('odd content is no name', async () => {
    write(docker, { Name: 7, Config: { Image: ['x'], Labels: null } });
    expect(await readContainerName(root, { runtime: 'docker', id })).toEqual({
      container: '',
      image: '',
      namespace: '',
      pod: '',
    });
    write(containerd, { annotations: [1] });
    expect(await readContainerName(root, { runtime: 'containerd', id })).toMatchObject({ container: '' });
    write(containerd, { annotations: JSON.parse('{"__proto__": {"io.kubernetes.cri.sandbox-name": "x"}}') });
    expect(await readContainerName(root, { runtime: 'containerd', id })).toMatchObject({ pod: '' });
  });
});
