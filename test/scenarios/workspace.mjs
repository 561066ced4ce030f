import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const workload = join(dirname(fileURLToPath(import.meta.url)), '../../build/test/workload');

/** The files and processes of a reproducer. After `end` has returned, nothing of them is left on the machine. */
export class Workspace {
  /** A temporary folder that every user may enter. */
  folder = mkdtempSync(join(tmpdir(), 'santabpf-scenario-'));
  /** @type {(() => unknown)[]} */
  #cleanups = [() => rmSync(this.folder, { recursive: true, force: true })];
  /** The shell that leads the session of all programs. @type {import('node:child_process').ChildProcess | undefined} */
  #session;

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  /** Registers a cleanup; `end` runs them in reverse order. @param {() => unknown} cleanup */
  cleanUp(cleanup) {
    this.#cleanups.push(cleanup);
  }

  /**
   * Writes a script. The kernel shows its file name as the command name.
   *
   * @param {string} name at most 15 bytes
   * @param {string} text
   * @param {string} [interpreter] path
   * @returns {string} the path of the script
   */
  script(name, text, interpreter = '/bin/bash') {
    const path = join(this.folder, name);
    writeFileSync(path, `#!${interpreter}\n${text}\n`, { mode: 0o755 });
    return path;
  }

  /**
   * Copies a program to another name, which the kernel shows as the command name.
   *
   * @param {string} name
   * @param {string} [program] path; default: the workload generator of the tests
   * @returns {string} the path of the copy
   */
  named(name, program = workload) {
    const path = join(this.folder, name);
    copyFileSync(program, path);
    chmodSync(path, 0o755);
    return path;
  }

  /**
   * Runs a program in the background until `end`. All programs share one session: with CONFIG_SCHED_AUTOGROUP the kernel
   * divides the CPUs among sessions, so a session per program would starve the rest of the machine.
   *
   * @param {string} command
   * @param {readonly string[]} [words]
   */
  run(command, words = []) {
    this.#session ??= spawn('/bin/bash', ['-s'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: this.folder,
    });
    this.#session.stdin?.write(`${[command, ...words].map(quoted).join(' ')} < /dev/null &\n`);
    this.cleanUp(() => this.#endSession());
  }

  async #endSession() {
    const session = this.#session;
    this.#session = undefined;
    if (session?.pid === undefined) return;
    const ended = session.exitCode ?? session.signalCode ?? once(session, 'close');
    signalGroup(session.pid, 'SIGKILL');
    await ended;
    // Killed processes take a moment to exit, and keep files and mounts busy until then.
    for (const deadline = Date.now() + 10_000; signalGroup(session.pid, 0) && Date.now() < deadline; ) await sleep(20);
  }

  /** Runs every cleanup, even if some fail, and then throws the first error. */
  async end() {
    /** @type {unknown[]} */
    const failures = [];
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** @param {number} leader @param {NodeJS.Signals | 0} signal @returns {boolean} whether the process group still exists */
function signalGroup(leader, signal) {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** @param {string} word */
function quoted(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
