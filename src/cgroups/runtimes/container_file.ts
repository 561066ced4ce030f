import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime } from '../container_layouts.js';
import type { ContainerKey } from '../place.js';
import { member, parseJson, textMember } from './json.js';
import { readTrusted } from './trusted_file.js';

/** What a runtime's files say about a container. Texts are '' where they say nothing. */
export interface ContainerName {
  readonly container: string;
  readonly image: string;
  /** Of the Kubernetes pod. */
  readonly namespace: string;
  readonly pod: string;
}

/** kubelet's name for the container that holds a pod's namespaces. */
const sandboxName = 'POD';

/** A bundle has some 40 KB. What is larger takes more than milliseconds to parse. */
const mostBytes = 512 * 1024;
/** It lists all containers, and only a part of it is parsed. */
const mostListBytes = 16 * 1024 * 1024;

/** Namespaces of containerd that are looked at. */
const mostNamespaces = 64;

const containerdFolders = [
  'run/containerd/io.containerd.runtime.v2.task',
  'run/k3s/containerd/io.containerd.runtime.v2.task',
  'run/containerd/io.containerd.runtime.v1.linux',
];
const storageDrivers = ['overlay', 'vfs', 'btrfs', 'zfs'];
const storageFolders = ['run/containers/storage', 'var/lib/containers/storage'];

/** Reads the names of a container. @param root the host's root folder */
type Reader = (root: string, id: string) => Promise<ContainerName | undefined>;

const readers: Readonly<Record<Runtime, Reader>> = {
  containerd: fromContainerd,
  crio: fromCrio,
  docker: fromDocker,
  podman: fromPodman,
};

/** Ids become parts of paths. */
const safeId = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}$/;

/**
 * What the files of the container's runtime say; of any runtime, if the path did not name it. Files that others than root can write
 * say nothing.
 * @param root the host's root folder
 */
export async function readContainerName(
  root: string,
  { runtime, id }: ContainerKey,
): Promise<ContainerName | undefined> {
  if (!safeId.test(id)) return undefined;
  for (const reader of runtime === undefined ? Object.values(readers) : [readers[runtime]]) {
    const name = await reader(root, id);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The bundle has the annotations of the CRI plugin, or of nerdctl. */
async function fromContainerd(root: string, id: string): Promise<ContainerName | undefined> {
  for (const folder of containerdFolders) {
    const namespaces = await readdir(join(root, folder)).catch(() => []);
    for (const namespace of namespaces.slice(0, mostNamespaces)) {
      const annotations = await annotationsOf(join(root, folder, namespace, id, 'config.json'));
      if (annotations === undefined) continue;
      const of = (key: string) => textMember(annotations, `io.kubernetes.cri.${key}`);
      return {
        container:
          of('container-type') === 'sandbox'
            ? sandboxName
            : of('container-name') || textMember(annotations, 'nerdctl/name'),
        image: of('image-name'),
        namespace: of('sandbox-namespace'),
        pod: of('sandbox-name'),
      };
    }
  }
  return undefined;
}

/** Only the annotations that CRI-O itself writes: it copies those of the pod, too. */
async function fromCrio(root: string, id: string): Promise<ContainerName | undefined> {
  const annotations = await storedAnnotations(root, id);
  const pod = textMember(annotations, 'io.kubernetes.pod.name');
  if (pod === '') return undefined;
  return {
    container: textMember(annotations, 'io.kubernetes.container.name'),
    image: textMember(annotations, 'io.kubernetes.cri-o.ImageName'),
    namespace: textMember(annotations, 'io.kubernetes.pod.namespace'),
    pod,
  };
}

async function fromDocker(root: string, id: string): Promise<ContainerName | undefined> {
  const file = join(root, 'var/lib/docker/containers', id, 'config.v2.json');
  const settings = parseJson(await readTrusted(file, mostBytes));
  if (settings === undefined) return undefined;
  const config = member(settings, 'Config');
  const label = (key: string) => textMember(member(config, 'Labels'), `io.kubernetes.${key}`);
  const isSandbox = label('docker.type') === 'podsandbox';
  return {
    container: isSandbox ? sandboxName : label('container.name') || textMember(settings, 'Name').replace(/^\//, ''),
    image: textMember(config, 'Image'),
    namespace: label('pod.namespace'),
    pod: label('pod.name'),
  };
}

/** Names are in the list of all containers: `[{"id":"…","names":["…"],…,"metadata":"{…}"},…]`. */
async function fromPodman(root: string, id: string): Promise<ContainerName | undefined> {
  for (const driver of storageDrivers) {
    for (const list of ['containers.json', 'volatile-containers.json']) {
      const file = join(root, 'var/lib/containers/storage', `${driver}-containers`, list);
      const entry = entryOf(await readTrusted(file, mostListBytes), id);
      if (entry === undefined) continue;
      const metadata = parseJson(Buffer.from(textOf(member(entry, 'metadata'))));
      const names = member(entry, 'names');
      return {
        container: Array.isArray(names) ? textMember(names, '0') : '',
        image: textMember(metadata, 'image-name'),
        namespace: '',
        pod: '',
      };
    }
  }
  return undefined;
}

/** The entry of a container. Quotes in texts are escaped, so none of them can look like the start of an entry. */
function entryOf(list: Buffer | undefined, id: string): unknown {
  const start = list?.indexOf(`{"id":"${id}"`) ?? -1;
  if (list === undefined || start === -1) return undefined;
  const next = list.indexOf(',{"id":"', start);
  const end = next === -1 ? list.lastIndexOf(']') : next;
  return end - start > mostBytes ? undefined : parseJson(list.subarray(start, end));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function storedAnnotations(root: string, id: string): Promise<unknown> {
  for (const folder of storageFolders) {
    for (const driver of storageDrivers) {
      const file = join(root, folder, `${driver}-containers`, id, 'userdata/config.json');
      const annotations = await annotationsOf(file);
      if (annotations !== undefined) return annotations;
    }
  }
  return undefined;
}

/** @returns undefined if the file is missing; an empty object if it has no annotations */
async function annotationsOf(file: string): Promise<unknown> {
  const bundle = parseJson(await readTrusted(file, mostBytes));
  return bundle === undefined ? undefined : (member(bundle, 'annotations') ?? {});
}
