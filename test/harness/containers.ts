import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './waiting.js';

const run = promisify(execFile);

/** A new id, as runtimes give them to containers. */
export const containerId = () => randomBytes(32).toString('hex');

/**
 * Container runtimes whose files are below a folder of their own, as those of a host are below its root. Containers have a root folder
 * with nothing but busybox, and no network.
 */
export class Containers {
  /** For `--path.rootfs`. */
  // Podman takes a path of its state of at most 50 characters.
  readonly root = mkdtempSync(join(tmpdir(), 'santa-'));
  /** The root folder of the containers of containerd and runc. Images are made from it. */
  readonly files = join(this.root, 'busybox');
  #containerd: ChildProcess | undefined;

  /** Starts containerd without its CRI plugin, whose configuration wants a network. */
  async start(): Promise<void> {
    for (const folder of ['bin', 'proc', 'tmp', 'dev', 'sys']) mkdirSync(join(this.files, folder), { recursive: true });
    copyFileSync('/bin/busybox', join(this.files, 'bin/busybox'));
    symlinkSync('busybox', join(this.files, 'bin/sh'));
    const config = join(this.root, 'containerd.toml');
    const paths = { root: join(this.root, 'var/lib/containerd'), state: join(this.root, 'run/containerd') };
    writeFileSync(
      config,
      `version = 2\nroot = "${paths.root}"\nstate = "${paths.state}"\n` +
        `disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "${this.#socket}"\n`,
    );
    this.#containerd = spawn('containerd', ['--config', config], { stdio: 'ignore' });
    await eventually(() => existsSync(this.#socket));
  }

  /** Runs a script in a container of containerd, whose files are gone when this resolves. */
  async ctr(namespace: string, id: string, options: readonly string[], script: string): Promise<void> {
    const command = ['run', '--rm', '--rootfs', ...options, this.files, id, '/bin/sh', '-c', script];
    await run('ctr', ['--address', this.#socket, '--namespace', namespace, ...command]);
  }

  /** Makes an image of podman with busybox in it. */
  async image(name: string): Promise<void> {
    const archive = join(this.root, 'image.tar');
    await run('tar', ['-C', this.files, '-cf', archive, '.']);
    await run('podman', [...this.#podman, 'import', archive, name]);
  }

  /** Runs a script in a container of podman, which is gone when this resolves. */
  async podman(name: string, image: string, script: string): Promise<void> {
    // This machine may not raise the limits that podman asks for by default.
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=100:100'];
    const options = ['--rm', '--name', name, '--network', 'none', '--cgroups', 'enabled', ...limits];
    await run('podman', [...this.#podman, '--runtime', 'runc', 'run', ...options, image, '/bin/sh', '-c', script]);
  }

  /** Runs a script in a container of runc alone. @param cgroup its path in all hierarchies */
  async runc(id: string, cgroup: string, script: string): Promise<void> {
    const bundle = join(this.root, 'bundle');
    mkdirSync(bundle, { recursive: true });
    rmSync(join(bundle, 'config.json'), { force: true });
    await run('runc', ['spec', '--bundle', bundle]);
    const { stdout } = await run('cat', [join(bundle, 'config.json')]);
    const spec = JSON.parse(stdout);
    spec.root.path = this.files;
    spec.process = { ...spec.process, terminal: false, args: ['/bin/sh', '-c', script], rlimits: [] };
    spec.linux.cgroupsPath = cgroup;
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec));
    await run('runc', ['--root', join(this.root, 'run/runc'), 'run', '--bundle', bundle, id]);
  }

  async stop(): Promise<void> {
    if (this.#containerd?.exitCode === null) {
      this.#containerd.kill();
      await once(this.#containerd, 'exit');
    }
    await run('podman', [...this.#podman, 'system', 'reset', '--force']).catch(() => {});
    rmSync(this.root, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.root, 'containerd.sock');
  }

  get #podman(): string[] {
    const storage = ['--root', join(this.root, 'var/lib/containers/storage')];
    const state = ['--runroot', join(this.root, 'run/containers/storage'), '--tmpdir', join(this.root, 'run/libpod')];
    return [
      ...storage,
      ...state,
      '--storage-driver',
      'vfs',
      '--cgroup-manager',
      'cgroupfs',
      '--events-backend',
      'none',
    ];
  }
}
