import { dirname, resolve } from 'node:path';
import { readText } from '../config/file_text.js';
import { type Path, pathText } from '../config/source_map.js';
import { parseTree } from '../config/yaml_tree.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';

type Mapping = Readonly<Record<string, unknown>>;

/** What one read of a web configuration file gathers: its faults, and the files it depends on. */
interface Reading {
  readonly faults: SantaError[];
  readonly files: string[];
  readonly locate: (path: Path) => Location;
  readonly locateKey: (path: Path) => Location;
}

/**
 * One mapping of a web configuration file. Each method checks and returns one setting; what is wrong with it is added to
 * `faults`, so one pass finds every fault of the file.
 */
export class WebSettings {
  readonly #reading: Reading;
  readonly #path: Path;
  readonly #values: Mapping;

  private constructor(reading: Reading, path: Path, values: Mapping) {
    this.#reading = reading;
    this.#path = path;
    this.#values = values;
  }

  /**
   * The mapping at the top of a file.
   * @throws Faults if the file cannot be read or is not YAML
   */
  static open(file: string, known: readonly string[]): WebSettings {
    const faults: SantaError[] = [];
    const text = textOf(file, undefined, faults);
    if (text === undefined) throw new Faults(faults);
    const { value, places, faults: syntax } = parseTree(file, text);
    if (value === undefined) throw new Faults(syntax);
    faults.push(...syntax);
    const locate = (path: Path) => places.locate(path);
    const locateKey = (path: Path) => places.locateKey(path);
    return new WebSettings({ faults, files: [file], locate, locateKey }, [], {}).#mapping([], value, known);
  }

  /** All faults found so far in the file. */
  get faults(): readonly SantaError[] {
    return this.#reading.faults;
  }

  /** The file itself, then the files it names. */
  get files(): readonly string[] {
    return this.#reading.files;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#values, key);
  }

  value(key: string): unknown {
    return this.has(key) ? this.#values[key] : undefined;
  }

  /** The mapping below `key`; empty if absent. Keys outside `known` are refused; without `known` every key is allowed. */
  section(key: string, known?: readonly string[]): WebSettings {
    return this.#mapping([...this.#path, key], this.value(key) ?? {}, known);
  }

  /** Adds a fault, located at `key`, or at this mapping. */
  refuse(key: string | undefined, problem: string, remedy?: string): void {
    this.#refuseAt(key === undefined ? this.#path : [...this.#path, key], problem, remedy);
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.refuse(key, `must be non-empty text, not ${shown(value)}`);
    return undefined;
  }

  texts(key: string): readonly string[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.refuse(key, `must be a list of text, not ${shown(value)}`);
    return [];
  }

  /** Each item of a list of names, translated. */
  translated(key: string, names: Readonly<Record<string, string>>): readonly string[] {
    return this.texts(key).flatMap((name) => {
      if (Object.hasOwn(names, name)) return [names[name]!];
      const similar = nearest(name, Object.keys(names));
      const remedy =
        similar === undefined ? `Known names are ${Object.keys(names).join(', ')}.` : `Did you mean "${similar}"?`;
      this.refuse(key, `unknown name ${shown(name)}`, remedy);
      return [];
    });
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return otherwise;
    if (typeof value !== 'boolean') this.refuse(key, `must be true or false, not ${shown(value)}`);
    return value === true;
  }

  /** One of `choices`; `otherwise` if absent, undefined if refused. */
  choice<T extends string>(key: string, choices: readonly T[], otherwise: T): T | undefined {
    const value = this.value(key);
    if (value === undefined) return otherwise;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.refuse(key, `must be one of ${choices.join(', ')}, not ${shown(value)}`);
    return choice;
  }

  /** The text of `key`, or of the file that `key_file` names. */
  textOrFile(key: string): string | undefined {
    const inline = this.text(key);
    const file = this.text(`${key}_file`);
    if (inline !== undefined && file !== undefined) this.refuse(key, `not allowed together with ${key}_file`);
    if (file === undefined) return inline;
    const { files, faults, locate } = this.#reading;
    const path = resolve(dirname(files[0]!), file);
    files.push(path);
    return textOf(path, locate([...this.#path, `${key}_file`]), faults);
  }

  #mapping(path: Path, value: unknown, known?: readonly string[]): WebSettings {
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      this.#refuseAt(path, `must be a mapping, not ${shown(value)}`);
      return new WebSettings(this.#reading, path, {});
    }
    const entries = Object.entries(value ?? {}).filter(([key]) => {
      if (known === undefined || known.includes(key)) return true;
      const parameters = { key, setting: pathText(path), known, nearest: nearest(key, known) };
      const location = this.#reading.locateKey([...path, key]);
      this.#reading.faults.push(fault('WEB_CONFIG_UNKNOWN_KEY', parameters, { location }));
      return false;
    });
    return new WebSettings(this.#reading, path, Object.fromEntries(entries));
  }

  #refuseAt(path: Path, problem: string, remedy?: string): void {
    const location = this.#reading.locate(path);
    this.#reading.faults.push(fault('WEB_CONFIG_INVALID', { setting: pathText(path), problem, remedy }, { location }));
  }
}

function textOf(path: string, location: Location | undefined, faults: SantaError[]): string | undefined {
  try {
    return readText(path, (reason, cause) => fault('WEB_CONFIG_UNREADABLE', { path, reason }, { location, cause }));
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    faults.push(error);
    return undefined;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value === null ? 'nothing' : 'a mapping';
  return String(value);
}
