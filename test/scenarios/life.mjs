import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workload = join(dirname(fileURLToPath(import.meta.url)), '../../build/test/workload');

/** What a reproducer does to the machine, and how it is undone: nothing is left when `end` has returned. */
export class Life {
  /** Empties with the rest; every user may enter it. */
  folder = mkdtempSync(join(tmpdir(), 'santabpf-life-'));
  /** @type {(() => unknown)[]} */
  #undoings = [() => rmSync(this.folder, { recursive: true, force: true })];

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
   * Runs a program, in a process group of its own that ends with this life.
   *
   * @param {string} command
   * @param {readonly string[]} [words]
   */
  run(command, words = []) {
    const child = spawn(command, words, { stdio: 'ignore', detached: true, cwd: this.folder });
    const ended = once(child, 'close').catch(() => undefined);
    this.undo(async () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nobody of the group is left.
      }
      await ended;
    });
  }

  async end() {
    for (let undoing = this.#undoings.pop(); undoing; undoing = this.#undoings.pop()) await undoing();
  }
}
