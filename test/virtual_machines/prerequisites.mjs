/** Kernels, busybox and QEMU for the virtual machines, downloaded once to .cache/kernels. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Archive, releaseOfMachine } from '../../setup/debian_archive.mjs';
import { once } from '../../setup/unpacked_folder.mjs';

const exec = promisify(execFile);
/** Debian 12's QEMU 7.2 corrupts guests at random under emulation. */
const oldestQemu = 10;

/**
 * @param {string} cache folder
 * @param {string} suite
 * @returns {Promise<{ image: string; modules: string; release: string }>} the cloud kernel of a Debian suite: paths of its image and modules, and its release
 */
export async function fetchKernel(cache, suite) {
  const folder = await once(join(cache, `kernel-${suite}`), async (target) => {
    const archive = new Archive(join(cache, `apt-${suite}`), [suite]);
    const image = (await archive.dependencies('linux-image-cloud-amd64')).find((name) => /^linux-image-\d/.test(name));
    if (image === undefined) throw new Error(`Debian ${suite} has no cloud kernel`);
    // Since 7.0 Debian splits the image from its modules.
    const parts = (await archive.dependencies(image)).filter((name) => /^linux-(binary|modules|base)-\d/.test(name));
    await archive.unpack(parts.length > 0 ? parts : [image], target);
  });
  const modules = ['usr/lib/modules', 'lib/modules'].map((path) => join(folder, path)).find((path) => existsSync(path));
  const release = readdirSync(modules ?? folder)[0] ?? '';
  const images = [join(folder, 'boot', `vmlinuz-${release}`), join(modules ?? folder, release, 'vmlinuz')];
  const image = images.find((path) => existsSync(path));
  if (modules === undefined || image === undefined) throw new Error(`No kernel image or no modules in ${folder}`);
  return { image, modules: join(modules, release), release };
}

/**
 * @param {string} cache folder
 * @returns {Promise<string>} path of a static busybox
 */
export async function fetchBusybox(cache) {
  const suite = 'bookworm';
  const folder = await once(join(cache, 'busybox'), (target) =>
    new Archive(join(cache, `apt-${suite}`), [suite]).unpack(['busybox-static'], target),
  );
  return ['bin/busybox', 'usr/bin/busybox'].map((path) => join(folder, path)).find((path) => existsSync(path)) ?? '';
}

/**
 * @param {string} cache folder
 * @returns {Promise<import('./machine.mjs').Tools>} this machine's QEMU if it is new enough, otherwise the one of Debian backports
 */
export async function fetchTools(cache) {
  // Debian 12 is the last release that packages the C version of virtiofsd with QEMU; it needs no newer libraries.
  const daemon = await fetchProgram(cache, 'virtiofsd', 'qemu-system-common', ['bookworm']);
  const virtiofsd = { command: join(daemon.folder, 'usr/lib/qemu/virtiofsd'), environment: daemon.environment };
  if ((await versionOf('qemu-system-x86_64')) >= oldestQemu) {
    return { virtiofsd, qemu: { command: 'qemu-system-x86_64', environment: {} }, firmware: [] };
  }
  const { folder, environment } = await fetchProgram(cache, 'qemu', 'qemu-system-x86', [
    'bookworm',
    'bookworm-backports',
  ]);
  return {
    virtiofsd,
    qemu: { command: join(folder, 'usr/bin/qemu-system-x86_64'), environment },
    firmware: ['usr/share/qemu', 'usr/share/seabios'].map((path) => join(folder, path)),
  };
}

/**
 * @param {string} cache folder
 * @returns {Promise<string>} a folder with what this machine lacks of systemd, its message bus and its user sessions
 */
export async function fetchSystemd(cache) {
  return once(join(cache, 'systemd'), async (target) => {
    const archive = new Archive(join(cache, 'apt-systemd'), [releaseOfMachine()], { assumeMachine: true });
    await archive.unpackWithDependencies(['systemd', 'libpam-systemd', 'dbus', 'dbus-user-session'], target);
    // Installed systems have links in place of these.
    for (const name of ['bin', 'lib', 'lib64', 'sbin'].filter((folder) => existsSync(join(target, folder)))) {
      cpSync(join(target, name), join(target, 'usr', name), { recursive: true, verbatimSymlinks: true });
      rmSync(join(target, name), { recursive: true });
    }
  });
}

/**
 * Installs the build as for a package.
 * @param {string} cache folder
 * @returns {Promise<string>} the folder
 */
export async function installExporter(cache) {
  const folder = join(cache, 'installed');
  rmSync(folder, { recursive: true, force: true });
  const installer = join(dirname(fileURLToPath(import.meta.url)), '../../deployments/systemd/install.sh');
  await exec('sh', [installer], { env: { ...process.env, DESTDIR: folder, NODE: process.execPath } });
  return folder;
}

/**
 * @param {string} cache folder
 * @param {string} name of its folder there
 * @param {string} debianPackage
 * @param {readonly string[]} suites
 */
async function fetchProgram(cache, name, debianPackage, suites) {
  const folder = await once(join(cache, name), (target) =>
    new Archive(join(cache, `apt-${name}`), suites, { assumeMachine: true }).unpackWithDependencies(
      [debianPackage],
      target,
    ),
  );
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/pulseaudio'];
  const environment = {
    LD_LIBRARY_PATH: libraries.map((path) => join(folder, path)).join(':'),
    QEMU_MODULE_DIR: join(folder, 'usr/lib/x86_64-linux-gnu/qemu'),
  };
  return { folder, environment };
}

/** @param {string} command @returns {Promise<number>} its major version, 0 if it is not installed */
async function versionOf(command) {
  try {
    return Number(/version (\d+)/.exec((await exec(command, ['--version'])).stdout)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
