/** What each command of `santabpf` is made of: its help, man page and completion come from this description. */
import { Faults, fault, SantaError } from '../errors/fault.js';
import { type Flags, type FlagValues, flagLines, readFlags } from './flags.js';

/** What a command is about, such as a file. It may stand before or after flags. */
export interface Operand {
  /** As in the help: `FILE`. */
  readonly name: string;
  /** All that it can be, where they are few. */
  readonly choices?: readonly string[];
  /** Left out by the person who types. */
  readonly optional?: true;
  /** Any number of them; the last one only. */
  readonly repeatable?: true;
}

export interface Command<F extends Flags = Flags> {
  readonly name: string;
  /** Half a line, in the list of commands. No full stop. */
  readonly summary: string;
  /** Sentences, each a line of the help. */
  readonly description: readonly string[];
  readonly operands: readonly Operand[];
  /** Without `help`, which every command has. */
  readonly flags: F;
  /** Whole command lines, with what follows `santabpf`. The first one is what a fault about operands shows. */
  readonly examples: readonly [string, ...string[]];
  /**
   * @returns the exit code: 0 done, 1 what was asked for has faults
   * @throws Faults about the command line have codes `ARGUMENT_...` (exit code 2); anything else is exit code 1
   */
  readonly run: (operands: readonly string[], flags: FlagValues<F>) => Promise<number>;
}

/** The flag that every command has. */
export const HELP = { help: { help: 'Print this help and exit' } } as const satisfies Flags;

/** Keeps the types of the flags for `run`. */
export function defineCommand<F extends Flags>(command: Command<F>): Command {
  return command as unknown as Command;
}

/** The text of `santabpf NAME --help`. */
export function commandHelp(command: Command): string {
  return [
    `Usage: ${usageOf(command)}`,
    ...command.description,
    '',
    'Flags:',
    ...flagLines({ ...command.flags, ...HELP }),
    '',
    command.examples.length > 1 ? 'Examples:' : 'Example:',
    ...command.examples.map((example) => `  santabpf ${example}`),
    '',
  ].join('\n');
}

/** `santabpf NAME FILE [FLAG]...` */
export function usageOf({ name, operands }: Pick<Command, 'name' | 'operands'>): string {
  const words = operands.map(({ name, optional, repeatable }) => {
    const word = repeatable ? `${name}...` : name;
    return optional ? `[${word}]` : word;
  });
  return ['santabpf', name, ...words, '[FLAG]...'].join(' ');
}

/**
 * Runs a command; what it throws is printed.
 * @param argv what follows the command's name
 * @returns the exit code: 0 done, 1 faults in what was asked for, 2 invalid command line
 */
export async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  try {
    const operands: string[] = [];
    const flags = readFlags({ ...command.flags, ...HELP }, argv, operands);
    if (flags.help) {
      process.stdout.write(commandHelp(command));
      return 0;
    }
    checkOperands(command, operands);
    return await command.run(operands, flags);
  } catch (thrown) {
    const error = thrown instanceof SantaError ? new Faults([thrown]) : thrown;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const isUsage = error instanceof Faults && error.faults.some(({ code }) => code.startsWith('ARGUMENT'));
    return isUsage ? 2 : 1;
  }
}

function checkOperands({ name, operands, examples }: Command, given: readonly string[]): void {
  const missing = operands[given.length];
  if (missing && !missing.optional)
    throw usageFault(`santabpf ${name} needs ${articleFor(missing.name)}, as in: santabpf ${examples[0]}`);
  const extra = operands.at(-1)?.repeatable ? undefined : given[operands.length];
  if (extra !== undefined)
    throw usageFault(`santabpf ${name} has no use for "${extra}"; its help: santabpf ${name} --help`);
}

const articleFor = (noun: string) => `${/^[AEIOU]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** A fault of the command line. */
export const usageFault = (problem: string): Faults => new Faults([fault('ARGUMENT_INVALID', { problem })]);
