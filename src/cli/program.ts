/** The whole command line of `santabpf`, from which the man page and the completion of shells are generated. */
import { type Command, HELP } from './command.js';
import { type Flags, isFamily, isSetting } from './flags.js';

export interface Program {
  readonly version: string;
  /** Of the exporter itself. */
  readonly flags: Flags;
  readonly commands: readonly Command[];
}

/** A flag as completion needs it. */
export interface CompletedFlag {
  /** With `--`. A family is left out: only the command knows its members. */
  readonly name: string;
  readonly help: string;
  /** The kind of value it takes; undefined for none. */
  readonly takes: string | undefined;
  /** All values that it takes, where they are few. */
  readonly choices?: readonly string[] | undefined;
  readonly isRepeatable: boolean;
}

/** Kinds of values that a file name completes. A PROBE is a name or a path. */
const paths = new Set(['FILE', 'FOLDER', 'OBJECT', 'PROBE']);

export const isPath = (takes: string | undefined) => takes !== undefined && paths.has(takes);

export function completedFlags(flags: Flags): CompletedFlag[] {
  return Object.entries(flags).flatMap(([name, flag]): CompletedFlag[] => {
    if (isFamily(flag)) return [];
    const base = { name: `--${name}`, help: flag.help };
    if (!isSetting(flag)) return [{ ...base, takes: undefined, isRepeatable: false }];
    const { takes, parse, repeatable } = flag;
    return [{ ...base, takes, choices: parse.choices, isRepeatable: repeatable === true }];
  });
}

/** The flags of a command with `--help`. */
export const flagsOf = ({ flags }: Pick<Command, 'flags'>): Flags => ({ ...flags, ...HELP });
