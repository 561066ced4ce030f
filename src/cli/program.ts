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
}

/** What a file name completes. */
export const isPath = (takes: string | undefined) => takes === 'FILE' || takes === 'FOLDER' || takes === 'OBJECT';

export function completedFlags(flags: Flags): CompletedFlag[] {
  return Object.entries(flags).flatMap(([name, flag]) =>
    isFamily(flag) ? [] : [{ name: `--${name}`, help: flag.help, takes: isSetting(flag) ? flag.takes : undefined }],
  );
}

/** The flags of a command with `--help`. */
export const flagsOf = ({ flags }: Pick<Command, 'flags'>): Flags => ({ ...flags, ...HELP });
