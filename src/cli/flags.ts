/** Reads flags as Prometheus does: `--name=value` or `--name value`, by a table of the flags of a command. */
import { Faults, fault, SantaError } from '../errors/fault.js';
import { nearest } from '../nearest.js';

/** On or off; also takes `=true` and `=false`. Off by default. */
interface Switch {
  readonly help: string;
}

/** Takes a value. When it is given more than once, the last value counts, unless it is repeatable. */
interface Setting {
  /** The kind of value, in the help. */
  readonly takes: string;
  readonly help: string;
  /** Parsed when the flag is not given. */
  readonly default?: string;
  /** @throws SantaError ARGUMENT_INVALID */
  readonly parse: Parse<unknown>;
  readonly repeatable?: true;
}

/** Reads the value of a flag. */
interface Parse<T> {
  (text: string, flag: string): T;
  /** All values that it takes, where they are few. */
  readonly choices?: readonly string[];
}

/** Any number of switches, `--NAME.MEMBER` and `--no-NAME.MEMBER`, of members that only the command knows. */
interface SwitchFamily {
  /** The member, in the help. */
  readonly member: string;
  readonly help: string;
}

export type Flag = Switch | Setting | SwitchFamily;
/** By name, without `--`. */
export type Flags = Readonly<Record<string, Flag>>;

/**
 * A value for every flag of a table: undefined for a setting that is neither given nor has a default, and for a family
 * what was given, by member.
 */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends { readonly parse: (text: string, flag: string) => infer Value }
    ? F[Name] extends { readonly repeatable: true }
      ? readonly Value[]
      : F[Name] extends { readonly default: string }
        ? Value
        : Value | undefined
    : F[Name] extends SwitchFamily
      ? ReadonlyMap<string, boolean>
      : boolean;
};

export const isSetting = (flag: Flag): flag is Setting => 'parse' in flag;
export const isFamily = (flag: Flag): flag is SwitchFamily => 'member' in flag;

const invalid = (problem: string) => fault('ARGUMENT_INVALID', { problem });

export const text = (value: string): string => value;

export function count(value: string, flag: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw invalid(`--${flag} must be a whole number, not "${value}"`);
}

export function oneOf<T extends string>(choices: readonly T[]): Parse<T> {
  const parse = (value: string, flag: string): T => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw invalid(`--${flag} must be one of ${choices.join(', ')}, not "${value}"`);
  };
  return Object.assign(parse, { choices });
}

/**
 * Reads the arguments of a command.
 * @param operands takes what is neither a flag nor the value of one; without it, that is a fault
 * @throws Faults with everything that is wrong with them
 */
export function readFlags<F extends Flags>(flags: F, argv: readonly string[], operands?: string[]): FlagValues<F> {
  const faults: SantaError[] = [];
  const given = collect(flags, argv, faults, operands);
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    const all = given.get(name) ?? [];
    if (isFamily(flag)) {
      values[name] = new Map(all.map((text) => [text.slice(1), text.startsWith('+')]));
      continue;
    }
    if (!isSetting(flag)) {
      values[name] = all.at(-1) === 'true';
      continue;
    }
    const texts = all.length > 0 || flag.default === undefined ? all : [flag.default];
    const parsed = (flag.repeatable ? texts : texts.slice(-1)).map((value) =>
      attempt(() => flag.parse(value, name), faults),
    );
    values[name] = flag.repeatable ? parsed : parsed[0];
  }
  if (faults.length > 0) throw new Faults(faults);
  return values as FlagValues<F>;
}

function attempt<T>(parse: () => T, faults: SantaError[]): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    faults.push(error);
    return undefined;
  }
}

function collect(
  flags: Flags,
  argv: readonly string[],
  faults: SantaError[],
  operands: string[] | undefined,
): Map<string, string[]> {
  const given = new Map<string, string[]>();
  for (let index = 0; index < argv.length; index++) {
    // A dash alone is the standard input.
    if (operands !== undefined && /^(?:-$|[^-]|$)/.test(argv[index]!)) {
      operands.push(argv[index]!);
      continue;
    }
    const argument = argv[index] === '-h' ? '--help' : argv[index]!;
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const family = name === undefined ? undefined : familyOf(name, flags);
    const flag = name !== undefined && Object.hasOwn(flags, name) ? flags[name] : family && flags[family.name];
    const next = inline === undefined ? argv[index + 1] : undefined;
    if (name === undefined || flag === undefined || isFamily(flag) !== (family !== undefined)) {
      faults.push(fault('ARGUMENT_UNKNOWN', { argument, nearest: nearestFlag(name, flags) }));
      // The argument after an unknown flag is most likely its value, not a second mistake.
      if (name !== undefined && next?.startsWith('-') === false) index++;
      continue;
    }
    if (!isSetting(flag)) {
      const value = inline ?? 'true';
      if (value !== 'true' && value !== 'false') {
        faults.push(invalid(`--${name} is on or off: it takes true, false or no value, not "${value}"`));
      } else if (family) {
        add(given, family.name, `${(value === 'true') === family.isOn ? '+' : '-'}${family.member}`);
      } else {
        add(given, name, value);
      }
      continue;
    }
    const follows = next !== undefined && !next.startsWith('--');
    const value = inline ?? (follows ? next : '');
    if (follows) index++;
    if (value === '') faults.push(invalid(`--${name} needs a value: --${name}=${flag.takes}`));
    else add(given, name, value);
  }
  return given;
}

/** Reads `probe.tcp` or `no-probe.tcp` by a table that has the family `probe`. */
function familyOf(text: string, flags: Flags): { name: string; member: string; isOn: boolean } | undefined {
  const [, no, name = '', member = ''] = /^(no-)?([^.]+)\.(.+)$/s.exec(text) ?? [];
  if (!Object.hasOwn(flags, name) || !isFamily(flags[name]!)) return undefined;
  return { name, member, isOn: no === undefined };
}

function add(given: Map<string, string[]>, name: string, value: string): void {
  given.set(name, [...(given.get(name) ?? []), value]);
}

function nearestFlag(name: string | undefined, flags: Flags): string | undefined {
  const near = name && nearest(name.toLowerCase().replaceAll('_', '-'), Object.keys(flags));
  return near ? `--${near}` : undefined;
}

/** Each flag as a person writes it, and what it does. */
export function flagRows(flags: Flags): (readonly [flag: string, help: string])[] {
  return Object.entries(flags).map(([name, flag]) => {
    if (isFamily(flag)) return [`--[no-]${name}.${flag.member}`, flag.help] as const;
    if (!isSetting(flag)) return [`--${name}`, flag.help] as const;
    const { takes, help, default: value } = flag;
    return [`--${name}=${takes}`, value === undefined ? help : `${help} [${value}]`] as const;
  });
}

/** The lines of the help about the flags of a command, aligned. */
export function flagLines(flags: Flags): string[] {
  const rows = flagRows(flags);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
