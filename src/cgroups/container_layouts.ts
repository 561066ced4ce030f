import { slicesAt } from './unit_names.js';

/** Programs whose files name containers. */
export type Runtime = 'docker' | 'containerd' | 'crio' | 'podman';

/** A container, or a pod without a container, at the start of a path. */
export interface ContainerPlace {
  /** Undefined where the path does not tell. */
  readonly runtime: Runtime | undefined;
  /** The runtime's id of the container; '' for the cgroup of a pod. */
  readonly id: string;
  /** UID of the Kubernetes pod, in lower case and with dashes; '' outside of Kubernetes. */
  readonly pod: string;
  /** Names of the path that lead to the container. */
  readonly length: number;
}

const hash = '[0-9a-f]{64}';
const podUid = '[0-9a-f]{8}(?:[_-][0-9a-f]{4}){3}[_-][0-9a-f]{12}|[0-9a-f]{32}';

/** kubelet's systemd driver; a kubelet with `--cgroup-root` puts that slice's name in front. */
const podSlice = new RegExp(`^(?:[a-z0-9_.]+-)*kubepods(?:-burstable|-besteffort)?-pod(${podUid})\\.slice$`);
/** kubelet's cgroupfs driver. */
const podFolder = new RegExp(`^pod(${podUid})$`);
/** kubelet with the systemd driver over a runtime without: runc takes the three parts for one name. */
const joined = new RegExp(`^(?:[a-z0-9_.]+-)*kubepods[a-z-]*-pod(${podUid})\\.slice:([a-z-]+):(${hash})$`);

const scope = new RegExp(`^(docker|cri-containerd|crio|libpod|nerdctl)-(${hash})\\.scope$`);
const runcScope = /^(?:runc|crun)-([A-Za-z0-9_.+-]{1,128})\.scope$/;
const folder = new RegExp(`^(?:(crio|libpod)-)?(${hash})$`);
const anyHash = new RegExp(`^${hash}$`);
/** What containerd accepts as an id or a namespace. */
const containerdName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,75}$/;

const runtimes: Readonly<Record<string, Runtime>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
  crio: 'crio',
  libpod: 'podman',
};

/**
 * Finds the outermost container at the start of a path, given as its names. Only layouts that begin there count: what
 * somebody makes further down claims nothing.
 */
export function containerAt(names: readonly string[]): ContainerPlace | undefined {
  return inSlices(names) ?? inPodFolders(names) ?? inFolders(names);
}

/** systemd drivers: slices, then a scope. */
function inSlices(names: readonly string[]): ContainerPlace | undefined {
  const at = slicesAt(names, 0);
  const pod = uid(podSlice.exec(names[at - 1] ?? '')?.[1]);
  const name = names[at] ?? '';
  const [, prefix, id] = scope.exec(name) ?? [];
  if (id !== undefined) return { runtime: runtimes[prefix!], id, pod, length: at + 1 };
  const plain = runcScope.exec(name)?.[1];
  if (plain !== undefined) return { runtime: undefined, id: plain, pod, length: at + 1 };
  if (pod !== '') return inPod(names, at, pod);
  const service = names[at - 1] === 'system.slice' && name === 'containerd.service' ? at + 1 : at;
  const [, joinedPod, joinedPrefix, joinedId] = joined.exec(names[service] ?? '') ?? [];
  if (joinedId === undefined) return undefined;
  return { runtime: runtimes[joinedPrefix!], id: joinedId, pod: uid(joinedPod), length: service + 1 };
}

/** cgroupfs driver of kubelet: `[kubelet/]kubepods[/QOS]/podUID[/ID]`. */
function inPodFolders(names: readonly string[]): ContainerPlace | undefined {
  let at = names[0] === 'kubelet' ? 1 : 0;
  if (names[at++] !== 'kubepods') return undefined;
  if (names[at] === 'burstable' || names[at] === 'besteffort') at++;
  const pod = uid(podFolder.exec(names[at] ?? '')?.[1]);
  return pod === '' ? undefined : inPod(names, at + 1, pod);
}

/** Below the folder or slice of a pod. */
function inPod(names: readonly string[], at: number, pod: string): ContainerPlace {
  const [, prefix, id] = folder.exec(names[at] ?? '') ?? [];
  if (id !== undefined)
    return { runtime: prefix === undefined ? undefined : runtimes[prefix], id, pod, length: at + 1 };
  return { runtime: undefined, id: '', pod, length: at };
}

/** cgroupfs drivers without Kubernetes. */
function inFolders(names: readonly string[]): ContainerPlace | undefined {
  const [first = '', second = '', third = ''] = names;
  if (first === 'libpod_parent') {
    // A podman pod has a folder of its own.
    const at = anyHash.test(second) ? 2 : 1;
    const [, prefix, id] = folder.exec(at === 2 ? third : second) ?? [];
    return prefix === 'libpod' ? { runtime: 'podman', id: id!, pod: '', length: at + 1 } : undefined;
  }
  if (first === 'docker')
    return anyHash.test(second) ? { runtime: 'docker', id: second, pod: '', length: 2 } : undefined;
  // `ctr` and nerdctl: the namespace of containerd, then the id. Ids without a hash are usual in the default namespace only.
  const isId = first === 'default' ? containerdName.test(second) : anyHash.test(second) && containerdName.test(first);
  return isId ? { runtime: 'containerd', id: second, pod: '', length: 2 } : undefined;
}

function uid(text: string | undefined): string {
  if (text === undefined) return '';
  return text.replaceAll('_', '-');
}
