import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerId } from '../../harness/containers.js';
import { OwnCgroup } from '../../harness/own_cgroups.js';

/** The cgroup of a container of a pod, and the file by which containerd names it. Needs root. */
export class Pod {
  /** For `--path.rootfs`: the host's users, and the files of containerd. */
  readonly root = mkdtempSync(join(tmpdir(), 'santabpf-pod-'));
  readonly #cgroup: OwnCgroup;

  constructor(namespace: string, name: string) {
    const id = containerId();
    mkdirSync(join(this.root, 'etc'));
    for (const file of ['passwd', 'group']) copyFileSync(`/etc/${file}`, join(this.root, 'etc', file));
    const folder = join(this.root, 'run/containerd/io.containerd.runtime.v2.task/k8s.io', id);
    mkdirSync(folder, { recursive: true });
    const annotations = {
      'io.kubernetes.cri.container-type': 'container',
      'io.kubernetes.cri.container-name': 'app',
      'io.kubernetes.cri.image-name': 'registry.example/app:1',
      'io.kubernetes.cri.sandbox-name': name,
      'io.kubernetes.cri.sandbox-namespace': namespace,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ociVersion: '1.0.2', annotations }));
    this.#cgroup = new OwnCgroup(`kubepods/burstable/pod6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c12/${id}`);
  }

  /** A command that runs the rest of its arguments in the pod. */
  get wrapper(): string[] {
    return this.#cgroup.wrapper;
  }

  async remove(): Promise<void> {
    await this.#cgroup.remove();
    rmSync(this.root, { recursive: true, force: true });
  }
}
