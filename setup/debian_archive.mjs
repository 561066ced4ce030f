/** Downloads packages of any Debian suite and unpacks them into a folder. Installs nothing and does not change the machine's apt. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** A private view of the Debian archive with its own package lists and downloads. */
export class Archive {
  #folder;
  #suites;
  #environment;
  /** @type {Promise<void> | undefined} */
  #ready;

  /**
   * @param {string} folder for its state; created if missing
   * @param {readonly string[]} suites
   * @param {{ assumeMachine?: boolean }} [options] `assumeMachine`: skip packages that are installed on this machine
   */
  constructor(folder, suites, { assumeMachine = false } = {}) {
    this.#folder = folder;
    this.#suites = suites;
    this.assumeMachine = assumeMachine;
    this.#environment = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C.UTF-8' };
  }

  /**
   * @param {string} name of a package
   * @returns {Promise<string[]>} names of its direct dependencies, in the candidate version
   */
  async dependencies(name) {
    await this.#prepare();
    const { stdout } = await this.#run('apt-cache', ['depends', '--important', name]);
    return [...stdout.matchAll(/^ *\|?(?:Pre)?Depends: (\S+)$/gm)].map((match) => /** @type {string} */ (match[1]));
  }

  /**
   * Unpacks packages without their dependencies.
   * @param {readonly string[]} names
   * @param {string} target folder
   */
  async unpack(names, target) {
    await this.#prepare();
    const downloads = join(this.#folder, `download-${names.join('_').slice(0, 100)}`);
    mkdirSync(downloads, { recursive: true });
    await this.#run('apt-get', ['download', ...names], downloads);
    await unpackAll(downloads, target);
    rmSync(downloads, { recursive: true });
  }

  /**
   * Unpacks packages and their dependencies; with `assumeMachine` only the missing ones.
   * @param {readonly string[]} names
   * @param {string} target folder
   */
  async unpackWithDependencies(names, target) {
    await this.#prepare();
    const suite = /** @type {string} */ (this.#suites.at(-1));
    const options = ['--download-only', '--yes', '--no-upgrade', '--no-install-recommends', '-t', suite];
    await this.#run('apt-get', ['install', ...options, ...names]);
    await unpackAll(join(this.#folder, 'cache/archives'), target);
  }

  #prepare() {
    this.#ready ??= this.#update();
    return this.#ready;
  }

  async #update() {
    const own = this.#folder;
    for (const folder of ['state/lists/partial', 'cache/archives/partial', 'nothing']) {
      mkdirSync(join(own, folder), { recursive: true });
    }
    const mirror = await mirrorOfMachine();
    const { stdout } = await exec('apt-config', ['dump']);
    // Take over network settings of this machine such as proxies, but not its hooks.
    const network = stdout.split('\n').filter((line) => /^Acquire::(https?|Retries|ForceIPv)/.test(line));
    writeFileSync(
      join(own, 'sources.list'),
      this.#suites.map((suite) => `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`).join(''),
    );
    writeFileSync(
      join(own, 'apt.conf'),
      [
        `Dir::State "${join(own, 'state')}";`,
        `Dir::State::status "${this.assumeMachine ? '/var/lib/dpkg/status' : '/dev/null'}";`,
        `Dir::Cache "${join(own, 'cache')}";`,
        `Dir::Etc::sourcelist "${join(own, 'sources.list')}";`,
        ...['sourceparts', 'parts', 'preferencesparts'].map((part) => `Dir::Etc::${part} "${join(own, 'nothing')}";`),
        'Dir::Etc::preferences "/dev/null";',
        // A mirror may be a snapshot. The signature is still checked.
        'Acquire::Check-Valid-Until "false";',
        'Acquire::Languages "none";',
        'APT::Sandbox::User "root";',
        'Debug::NoLocking "true";',
        ...network,
        '',
      ].join('\n'),
    );
    await this.#run('apt-get', ['update']);
  }

  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {string} [cwd]
   */
  #run(command, args, cwd = this.#folder) {
    return exec(command, args, { cwd, env: this.#environment, maxBuffer: 1 << 26 });
  }
}

/**
 * @param {string} packages folder with .deb files
 * @param {string} target
 */
async function unpackAll(packages, target) {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(packages).filter((entry) => entry.endsWith('.deb'))) {
    await exec('dpkg-deb', ['-x', join(packages, name), target]);
  }
}

/**
 * The Debian mirror of this machine; it has all suites.
 * @returns {Promise<string>} its URL
 */
async function mirrorOfMachine() {
  const format = '$(REPO_URI) $(ORIGIN) $(CODENAME)';
  const { stdout } = await exec('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const release = releaseOfMachine();
  for (const line of stdout.split('\n')) {
    const [address, origin, codename] = line.split(' ');
    if (address !== undefined && origin === 'Debian' && codename === release) return address;
  }
  throw new Error('apt has no Debian source. Add one to /etc/apt/sources.list and run apt-get update.');
}

/** @returns {string} the codename of the Debian release of this machine; empty on another system */
export function releaseOfMachine() {
  return /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
}
