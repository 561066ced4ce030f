/** bpftrace from Debian sid, unpacked beside the system with libraries of its own, and what it prints. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Archive } from '../../../setup/debian_archive.mjs';
import { once } from '../../../setup/unpacked_folder.mjs';

/**
 * @param {string} cache folder
 * @returns {Promise<readonly string[]>} the words of the command
 */
export async function fetchBpftrace(cache) {
  const folder = await once(join(cache, 'bpftrace-sid'), (target) =>
    new Archive(join(cache, 'apt-bpftrace'), ['sid']).unpackWithDependencies(['bpftrace'], target),
  );
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  if (!existsSync(loader)) throw new Error(`${folder} has no loader of programs. Remove the folder to fetch it again.`);
  return [loader, '--library-path', libraries, join(folder, 'usr/bin/bpftrace')];
}

/**
 * What a script printed until it ended. Maps that it prints and clears several times are added up.
 *
 * @typedef {object} Printed
 * @property {Map<string, Map<string, number>>} numbers by map and key; the key of a map without keys is empty
 * @property {Map<string, Map<string, Map<number, number>>>} histograms by map and key: counts by the largest value of an interval
 * @property {string[]} lines of printf
 */

/** A running bpftrace. */
export class Bpftrace {
  /** @type {Printed} */
  printed = { numbers: new Map(), histograms: new Map(), lines: [] };
  #process;
  #ended;
  #errors = '';
  /** Resolves when everything is attached. @type {Promise<void>} */
  attached;

  /**
   * @param {readonly string[]} command
   * @param {string} file of the script
   * @param {readonly string[]} [parameters] of the script
   */
  constructor([program = '', ...words], file, parameters = []) {
    this.#process = spawn(program, [...words, '-f', 'json', file, ...parameters], {
      // Stacks take long, and are not compared.
      env: { ...process.env, BPFTRACE_MAX_STRLEN: '200' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stderr.on('data', (data) => (this.#errors += data));
    this.attached = new Promise((resolve, reject) => {
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        const { type, data } = JSON.parse(line);
        if (type === 'attached_probes') resolve();
        else this.#add(type, data);
      });
      void this.#ended.then((code) => reject(new Error(`bpftrace ended with ${code}: ${this.#errors}`)));
    });
  }

  /** Ends it. @returns {Promise<Printed>} */
  async end() {
    this.#process.kill('SIGINT');
    await this.#ended;
    return this.printed;
  }

  /** @param {string} type @param {any} data */
  #add(type, data) {
    if (type === 'printf') this.printed.lines.push(data);
    if (type === 'map' || type === 'stats') {
      for (const [map, value] of Object.entries(data)) {
        for (const [key, number] of entriesOf(value)) addTo(inner(this.printed.numbers, map), key, Number(number));
      }
    }
    if (type === 'hist') {
      for (const [map, value] of Object.entries(data)) {
        const byKey = Array.isArray(value) ? { '': value } : value;
        for (const [key, intervals] of Object.entries(byKey)) {
          const counts = inner(inner(this.printed.histograms, map), key);
          for (const { max = Number.POSITIVE_INFINITY, count } of intervals) addTo(counts, max, count);
        }
      }
    }
  }
}

/** Values of a map without keys, and of its fields, have a key of their own. @param {any} value @returns {[string, unknown][]} */
function entriesOf(value) {
  if (typeof value !== 'object' || value === null) return [['', value]];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'object' && each !== null
      ? Object.entries(each).map(([field, number]) => /** @type {[string, unknown]} */ ([`${key}.${field}`, number]))
      : [/** @type {[string, unknown]} */ ([key, each])],
  );
}

/** @template K, V @param {Map<string, Map<K, V>>} maps @param {string} name @returns {Map<K, V>} */
function inner(maps, name) {
  const known = maps.get(name) ?? new Map();
  maps.set(name, known);
  return known;
}

/** @template K @param {Map<K, number>} counts @param {K} key @param {number} count */
function addTo(counts, key, count) {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
