import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const workload = join(dirname(fileURLToPath(import.meta.url)), '../../build/test/workload');

/** What a reproducer does to the machine, and how it is undone: nothing is left when `end` has returned. */
export class Life {
  /** Empties with the rest; every user may enter it. */
  folder = mkdtempSync(join(tmpdir(), 'santabpf-life-'));
  /** @type {(() => unknown)[]} */
  #undoings = [() => rmSync(this.folder, { recursive: true, force: true })];
  /** A shell that leads all that runs. @type {import('node:child_process').ChildProcess | undefined} */
  #session;

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  /** @param {() => unknown} undoing runs at the end, the latest first */
  undo(undoing) {
    this.#undoings.push(undoing);
  }

  /**
   * A script whose name is its command for the kernel.
   *
   * @param {string} name at most 15 bytes
   * @param {string} text
   * @param {string} [interpreter] its path
   * @returns {string} the path of the script
   */
  script(name, text, interpreter = '/bin/bash') {
    const path = join(this.folder, name);
    writeFileSync(path, `#!${interpreter}\n${text}\n`, { mode: 0o755 });
    return path;
  }

  /**
   * Another name for a program, which is then its command for the kernel.
   *
   * @param {string} name
   * @param {string} [program] by default the workload generator of the tests
   */
  named(name, program = workload) {
    const path = join(this.folder, name);
    copyFileSync(program, path);
    chmodSync(path, 0o755);
    return path;
  }

  /**
   * Runs a program until this life ends. All of them are of one session: where the kernel shares the CPUs out among
   * sessions first (CONFIG_SCHED_AUTOGROUP), many of one each would leave nothing for the rest of the machine.
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
    this.undo(() => this.#endSession());
  }

  async #endSession() {
    const session = this.#session;
    this.#session = undefined;
    if (session?.pid === undefined) return;
    const ended = session.exitCode ?? session.signalCode ?? once(session, 'close');
    signalGroup(session.pid, 'SIGKILL');
    await ended;
    // What it ran ends by itself, and holds files and mounts until then.
    for (const deadline = Date.now() + 10_000; signalGroup(session.pid, 0) && Date.now() < deadline; ) await sleep(20);
  }

  /** Undoes all of it, whatever part of it fails; then throws what failed first. */
  async end() {
    /** @type {unknown[]} */
    const failures = [];
    for (let undoing = this.#undoings.pop(); undoing; undoing = this.#undoings.pop()) {
      try {
        await undoing();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** @param {number} leader @param {NodeJS.Signals | 0} signal @returns {boolean} whether anybody of its group was left */
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
