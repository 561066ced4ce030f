import { describe, expect, test } from 'vitest';
import type { Cgroup } from '../../src/cgroups/cgroup_table.js';
import { cgroupLabels } from '../../src/cgroups/labels.js';
import { placeOf } from '../../src/cgroups/place.js';

const id = '3d4e0c2ba4f9e1dd2fb7a1a8b0a1f0e3a5f4b9c8d7e6f5a4b3c2d1e0f9a8b7c6';
const other = 'aa00bb11cc22dd33ee44ff5566778899aa00bb11cc22dd33ee44ff5566778899';
const short = id.slice(0, 12);
const uid = '6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c11';
const uid_ = uid.replaceAll('-', '_');
const user = '/user.slice/user-1000.slice/user@1000.service';

interface Labels {
  unit?: string;
  slice?: string;
  container?: string;
  container_id?: string;
  pod?: string;
}

const unknown = { container: () => undefined, pod: () => undefined };

function labelsOf(path: string): Labels {
  const cgroup: Cgroup = { path, place: placeOf(path) };
  const texts = Object.entries(cgroupLabels).map(([kind, label]) => [kind, label(cgroup, unknown)]);
  return Object.fromEntries(texts.filter(([kind, text]) => kind !== 'cgroup' && text !== ''));
}

const inPod = (container: string, pod = uid) => ({ container, container_id: id, pod });

const systemd: [path: string, labels: Labels][] = [
  ['/', {}],
  ['/init.scope', { unit: 'init.scope', slice: '-.slice' }],
  ['/system.slice', { slice: 'system.slice' }],
  ['/system.slice/nginx.service', { unit: 'nginx.service', slice: 'system.slice' }],
  ['/system.slice/nginx.service/worker/1', { unit: 'nginx.service', slice: 'system.slice' }],
  ['/system.slice/system-getty.slice/getty@tty1.service', { unit: 'getty@tty1.service', slice: 'system-getty.slice' }],
  [
    '/system.slice/system-serial\\x2dgetty.slice/serial-getty@ttyS0.service',
    { unit: 'serial-getty@ttyS0.service', slice: 'system-serial\\x2dgetty.slice' },
  ],
  [
    '/system.slice/systemd-fsck@dev-disk-by\\x2duuid-0a1b.service',
    { unit: 'systemd-fsck@dev-disk-by\\x2duuid-0a1b.service', slice: 'system.slice' },
  ],
  ['/system.slice/dev-hugepages.mount', { unit: 'dev-hugepages.mount', slice: 'system.slice' }],
  ['/system.slice/ssh.socket', { unit: 'ssh.socket', slice: 'system.slice' }],
  ['/custom.slice/custom-db.slice/postgres.service', { unit: 'postgres.service', slice: 'custom-db.slice' }],
  ['/user.slice/user-1000.slice/session-3.scope', { unit: 'session-3.scope', slice: 'user-1000.slice' }],
  [user, { unit: 'user@1000.service', slice: 'user-1000.slice' }],
  [`${user}/init.scope`, { unit: 'user@1000.service/init.scope', slice: 'user-1000.slice' }],
  [`${user}/app.slice/x.service`, { unit: 'user@1000.service/x.service', slice: 'user-1000.slice' }],
  [
    `${user}/app.slice/app-gnome\\x2dsession.slice/app-org.gnome.Terminal@1.service`,
    { unit: 'user@1000.service/app-org.gnome.Terminal@1.service', slice: 'user-1000.slice' },
  ],
  [`${user}/session.slice/dbus.service`, { unit: 'user@1000.service/dbus.service', slice: 'user-1000.slice' }],
  [
    '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt',
    { unit: 'machine-qemu\\x2d1\\x2dvm.scope', slice: 'machine.slice' },
  ],
  ['/not a unit.service', {}],
  ['/some-folder', {}],
];

const kubepods = '/kubepods.slice/kubepods-burstable.slice';
const containers: [name: string, path: string, labels: Labels][] = [
  ['docker, cgroupfs', `/docker/${id}`, { container: short, container_id: id }],
  [
    'docker, systemd',
    `/system.slice/docker-${id}.scope`,
    { container: short, container_id: id, unit: `docker-${id}.scope`, slice: 'system.slice' },
  ],
  [
    'systemd inside of a docker container',
    `/docker/${id}/system.slice/nginx.service`,
    { container: short, container_id: id },
  ],
  ['containerd by ctr', '/default/redis', { container: 'redis', container_id: 'redis' }],
  ['containerd, another namespace', `/k8s.io/${id}`, { container: short, container_id: id }],
  ['nerdctl, cgroupfs', `/default/${id}`, { container: short, container_id: id }],
  [
    'nerdctl, systemd',
    `/system.slice/nerdctl-${id}.scope`,
    { container: short, container_id: id, unit: `nerdctl-${id}.scope`, slice: 'system.slice' },
  ],
  ['podman, cgroupfs', `/libpod_parent/libpod-${id}`, { container: short, container_id: id }],
  ['podman, cgroupfs, in a pod', `/libpod_parent/${other}/libpod-${id}`, { container: short, container_id: id }],
  ['conmon of podman', '/libpod_parent/conmon', {}],
  [
    'podman with crun, systemd',
    `/machine.slice/libpod-${id}.scope/container`,
    { container: short, container_id: id, unit: `libpod-${id}.scope`, slice: 'machine.slice' },
  ],
  [
    'podman, systemd, in a pod',
    `/machine.slice/machine-libpod_pod_${other}.slice/libpod-${id}.scope`,
    { container: short, container_id: id, unit: `libpod-${id}.scope`, slice: `machine-libpod_pod_${other}.slice` },
  ],
  [
    'conmon of podman, systemd',
    `/machine.slice/libpod-conmon-${id}.scope`,
    { unit: `libpod-conmon-${id}.scope`, slice: 'machine.slice' },
  ],
  [
    'runc, systemd',
    '/system.slice/runc-web.1.scope',
    { container: 'web.1', container_id: 'web.1', unit: 'runc-web.1.scope', slice: 'system.slice' },
  ],
  ['kubelet, cgroupfs', `/kubepods/burstable/pod${uid}/${id}`, inPod(short)],
  ['kubelet, cgroupfs, guaranteed', `/kubepods/pod${uid}/${id}`, inPod(short)],
  ['kubelet, cgroupfs, besteffort', `/kubepods/besteffort/pod${uid}/${id}`, inPod(short)],
  ['CRI-O, cgroupfs', `/kubepods/besteffort/pod${uid}/crio-${id}`, inPod(short)],
  ['a pod of kubelet, cgroupfs', `/kubepods/burstable/pod${uid}`, { pod: uid }],
  ['no pod', '/kubepods/burstable', {}],
  [
    'a static pod',
    `/kubepods/burstable/pod${other.slice(0, 32)}/${id}`,
    { container: short, container_id: id, pod: other.slice(0, 32) },
  ],
  [
    'kubelet and containerd, systemd',
    `${kubepods}/kubepods-burstable-pod${uid_}.slice/cri-containerd-${id}.scope`,
    { ...inPod(short), unit: `cri-containerd-${id}.scope`, slice: `kubepods-burstable-pod${uid_}.slice` },
  ],
  [
    'kubelet and CRI-O, systemd, guaranteed',
    `/kubepods.slice/kubepods-pod${uid_}.slice/crio-${id}.scope`,
    { ...inPod(short), unit: `crio-${id}.scope`, slice: `kubepods-pod${uid_}.slice` },
  ],
  [
    'CRI-O with crun',
    `${kubepods}/kubepods-burstable-pod${uid_}.slice/crio-${id}.scope/container`,
    { ...inPod(short), unit: `crio-${id}.scope`, slice: `kubepods-burstable-pod${uid_}.slice` },
  ],
  [
    'conmon of CRI-O',
    `${kubepods}/kubepods-burstable-pod${uid_}.slice/crio-conmon-${id}.scope`,
    { pod: uid, unit: `crio-conmon-${id}.scope`, slice: `kubepods-burstable-pod${uid_}.slice` },
  ],
  [
    'kubelet and docker, systemd',
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${uid_}.slice/docker-${id}.scope`,
    { ...inPod(short), unit: `docker-${id}.scope`, slice: `kubepods-besteffort-pod${uid_}.slice` },
  ],
  [
    'a pod of kubelet, systemd',
    `${kubepods}/kubepods-burstable-pod${uid_}.slice`,
    { pod: uid, slice: `kubepods-burstable-pod${uid_}.slice` },
  ],
  [
    'kubelet with systemd, containerd without',
    `/system.slice/containerd.service/kubepods-burstable-pod${uid_}.slice:cri-containerd:${id}`,
    { ...inPod(short), unit: 'containerd.service', slice: 'system.slice' },
  ],
  ['the same on cgroup v1', `/kubepods-besteffort-pod${uid_}.slice:cri-containerd:${id}`, inPod(short)],
  [
    'kind, cgroupfs: names within the node',
    `/docker/${other}/kubelet/kubepods/burstable/pod${uid}/${id}`,
    {
      container: `${other.slice(0, 12)}/${short}`,
      container_id: `${other.slice(0, 12)}/${id}`,
      pod: `${other.slice(0, 12)}/${uid}`,
    },
  ],
  [
    'kind, systemd',
    `/system.slice/docker-${other}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${uid_}.slice/cri-containerd-${id}.scope`,
    {
      container: `${other.slice(0, 12)}/${short}`,
      container_id: `${other.slice(0, 12)}/${id}`,
      pod: `${other.slice(0, 12)}/${uid}`,
      unit: `docker-${other}.scope`,
      slice: 'system.slice',
    },
  ],
  [
    'k3d',
    `/docker/${other}/kubepods/besteffort/pod${uid}/${id}`,
    {
      container: `${other.slice(0, 12)}/${short}`,
      container_id: `${other.slice(0, 12)}/${id}`,
      pod: `${other.slice(0, 12)}/${uid}`,
    },
  ],
  [
    'podman of a user',
    `${user}/user.slice/libpod-${id}.scope/container`,
    {
      container: `user@1000.service/${short}`,
      container_id: `user@1000.service/${id}`,
      unit: `user@1000.service/libpod-${id}.scope`,
      slice: 'user-1000.slice',
    },
  ],
  [
    'docker of a user',
    `${user}/app.slice/docker-${id}.scope`,
    {
      container: `user@1000.service/${short}`,
      container_id: `user@1000.service/${id}`,
      unit: `user@1000.service/docker-${id}.scope`,
      slice: 'user-1000.slice',
    },
  ],
];

const claims: [name: string, path: string, labels: Labels][] = [
  [
    "a user's folder named like a pod",
    `${user}/kubepods/burstable/pod${uid}/${id}`,
    {
      container: `user@1000.service/${short}`,
      container_id: `user@1000.service/${id}`,
      pod: `user@1000.service/${uid}`,
      unit: 'user@1000.service',
      slice: 'user-1000.slice',
    },
  ],
  [
    "a user's unit named like one of the system",
    `${user}/system.slice/sshd.service`,
    { unit: 'user@1000.service/sshd.service', slice: 'user-1000.slice' },
  ],
  [
    'folders of a delegated service',
    `/system.slice/app.service/kubepods/burstable/pod${uid}/${id}`,
    { unit: 'app.service', slice: 'system.slice' },
  ],
  [
    'slices of a delegated service',
    `/system.slice/app.service/kubepods.slice/kubepods-pod${uid_}.slice/cri-containerd-${id}.scope`,
    { unit: 'app.service', slice: 'system.slice' },
  ],
  [
    'folders of a session',
    `/user.slice/user-1000.slice/session-3.scope/docker/${id}`,
    { unit: 'session-3.scope', slice: 'user-1000.slice' },
  ],
  ['a folder in a folder', `/web/docker/${id}`, {}],
  ['a folder with a hash in two', `/web/app/${id}`, {}],
  [
    'a folder in a container named like a pod',
    `/docker/${other}/kubepods/pod${uid}/${id}`,
    {
      container: `${other.slice(0, 12)}/${short}`,
      container_id: `${other.slice(0, 12)}/${id}`,
      pod: `${other.slice(0, 12)}/${uid}`,
    },
  ],
];

describe('the place of a cgroup', () => {
  test.each(systemd)('systemd: %s', (path, labels) => {
    expect(labelsOf(path)).toEqual(labels);
  });

  test.each(containers)('container: %s', (_, path, labels) => {
    expect(labelsOf(path)).toEqual(labels);
  });

  test.each(claims)('claims nothing: %s', (_, path, labels) => {
    expect(labelsOf(path)).toEqual(labels);
  });
});

describe('the path of a cgroup', () => {
  const label = (path: string) => cgroupLabels.cgroup({ path, place: placeOf(path) });

  test('has no control or invisible characters', () => {
    expect(label('/a\nb\u202e\\x0a')).toBe('/a\\x0ab\\xe2\\x80\\xae\\x5cx0a');
  });

  test('keeps its end if it is too long', () => {
    const path = `${kubepods}/kubepods-burstable-pod${uid_}.slice/cri-containerd-${id}.scope`;
    expect(label(path)).toBe(`…${path.slice(-127)}`);
    expect(label(`/${'a'.repeat(127)}`)).toBe(`/${'a'.repeat(127)}`);
  });

  test('is not cut within a character', () => {
    expect(label(`/${'😀'.repeat(200)}`)).toBe(`…${'😀'.repeat(127)}`);
  });
});
