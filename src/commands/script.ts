/** `santabpf script FILE`: what a script is compiled to. */
import { writeFileSync } from 'node:fs';
import { type Flags, flagLines, readFlags, text } from '../cli/flags.js';
import { Faults, fault } from '../errors/fault.js';
import { explainScriptApart } from '../reading/reading.js';

const FLAGS = {
  check: { help: 'Print faults only' },
  explain: { help: 'Print programs, maps and metrics (the default)' },
  object: { takes: 'FILE', help: 'Write the BPF object, for bpftool and llvm-objdump', parse: text },
  'bpf.btf-file': { takes: 'FILE', help: "File with the kernel's BTF, for kernels without it", parse: text },
  help: { help: 'Print this help and exit' },
} as const satisfies Flags;

function helpText(): string {
  return [
    'Usage: santabpf script FILE [FLAG]...',
    "Compiles a script in bpftrace's language for this kernel, and says what it becomes. Nothing is loaded.",
    '',
    ...flagLines(FLAGS),
    '',
  ].join('\n');
}

/**
 * @param argv what follows `script`
 * @returns the exit code: 0 done, 1 the script has faults, 2 invalid command line
 */
export async function scriptCommand(argv: readonly string[]): Promise<number> {
  try {
    const [file, ...rest] = argv;
    const flags = readFlags(FLAGS, file?.startsWith('-') ? argv : rest);
    if (flags.help) {
      process.stdout.write(helpText());
      return 0;
    }
    if (file === undefined || file.startsWith('-'))
      throw new Faults([
        fault('ARGUMENT_INVALID', { problem: 'script needs a file, as in santabpf script biolatency.bt' }),
      ]);
    const btfFile = flags['bpf.btf-file'];
    const { text: explanation, object } = await explainScriptApart(file, { btfFile });
    if (flags.object !== undefined) writeFileSync(flags.object, object);
    if (!flags.check && (flags.explain || flags.object === undefined)) process.stdout.write(explanation);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const isUsage = error instanceof Faults && error.faults.some(({ code }) => code.startsWith('ARGUMENT'));
    return isUsage ? 2 : 1;
  }
}
