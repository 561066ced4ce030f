/** `santabpf script FILE`: what a script is compiled to. */
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { writeOutput } from '../cli/output.js';
import { explainScriptApart } from '../reading/reading.js';

export const command = defineCommand({
  name: 'script',
  summary: "Compile a script in bpftrace's language and say what it becomes",
  description: [
    "Compiles a script in bpftrace's language for this kernel, and says what it becomes. Nothing is loaded.",
  ],
  operands: [{ name: 'FILE' }],
  flags: {
    check: { help: 'Print faults only' },
    explain: { help: 'Print programs, maps and metrics (the default)' },
    object: { takes: 'FILE', help: 'Write the BPF object, for bpftool and llvm-objdump', parse: text },
    'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  },
  examples: ['script biolatency.bt', 'script biolatency.bt --object=biolatency.bpf.o'],
  async run([file], flags) {
    const { text: explanation, object } = await explainScriptApart(file!, { btfFile: flags['bpf.btf-file'] });
    if (flags.object !== undefined) writeOutput('object', flags.object, object);
    if (!flags.check && (flags.explain || flags.object === undefined)) process.stdout.write(explanation);
    return 0;
  },
});
