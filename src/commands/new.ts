/** `santabpf new NAME`: the files of a probe of one's own. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { defineCommand, usageFault } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { fault } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';
import { readConfigurationPatiently } from '../reading/reading.js';
import { cFiles, type NewFiles, scriptFiles } from '../scaffold/files.js';
import { parseHook } from '../scaffold/hook.js';
import { thisKernel } from '../script/resolve/running_kernel.js';
import { compileFolder } from './build.js';
import { checkKernelFunction } from './new/kernel_function.js';

const tracefs = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

export const command = defineCommand({
  name: 'new',
  summary: 'Write a probe of your own: program, metrics, docs and a test',
  description: [
    'Writes a folder with a probe that counts at a hook, and times calls whose end can be hooked too.',
    'The program is a script, which needs no compiler; --c makes it a program in C.',
    'A hook is named as in scripts: tracepoint:CATEGORY:NAME, kprobe:FUNCTION, uprobe:BINARY:SYMBOL, usdt:...',
  ],
  operands: [{ name: 'NAME' }],
  flags: {
    hook: { takes: 'HOOK', help: 'What to count', parse: text },
    output: { takes: 'FOLDER', help: 'Folder to write [NAME]; it must not be there yet', parse: text },
    c: { help: 'Write the program in C, and compile it with clang' },
  },
  examples: [
    'new fsync --hook=tracepoint:syscalls:sys_enter_fsync',
    'new reads --hook=kprobe:vfs_read',
    'new switches --hook=rawtracepoint:sched_switch --c',
  ],
  async run([name = ''], { hook: hookText, output, c }) {
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      throw usageFault(
        `A probe's name has lower-case letters, digits and _ only, and begins with a letter: not "${name}"`,
      );
    if (hookText === undefined)
      throw usageFault(
        'santabpf new needs --hook=HOOK, as in: santabpf new fsync --hook=tracepoint:syscalls:sys_enter_fsync',
      );
    const hook = parseHook(hookText, hasTracepoint);
    checkKernelFunction(hook, thisKernel());
    if (c && hook.section === undefined)
      throw usageFault(`A program in C for ${hook.kind} is not written here: leave --c out, or see docs/hooks.md`);
    const folder = resolve(output ?? name);
    if (existsSync(folder)) throw fault('FOLDER_EXISTS', { folder: shown(folder) });
    const probe = { name, hook, program: programOf(process.argv[1] ?? 'santabpf') };
    const files = c ? cFiles(probe) : scriptFiles(probe);
    write(folder, files);
    try {
      if (c) await compileFolder(folder);
      // The same checks as at a start: a hook that this kernel does not have is a fault here.
      await readConfigurationPatiently(join(folder, 'santabpf.yaml'), {
        objectFolder: join(packageFolder, 'dist/bpf'),
      });
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    const names = [...files.keys()].map((file) => `  ${join(shown(folder), file)}`);
    process.stdout.write(
      [
        `Wrote a probe of ${hook.text}${hook.end === undefined ? '' : ` and ${hook.end}`}:`,
        ...names,
        '',
        'Next, as root:',
        `  ${probe.program} --config.file=${join(shown(folder), 'santabpf.yaml')}`,
        '',
      ].join('\n'),
    );
    return 0;
  },
});

const hasTracepoint = (name: string) =>
  tracefs.some((root) => existsSync(join(root, 'events', ...name.split(':'), 'format')));

const shown = (path: string) => relative('', path) || '.';

/** Modules are run by Node; an installed program runs by itself. */
function programOf(script: string): string {
  return /\.[cm]?js$/.test(script) ? `node ${resolve(script)}` : 'santabpf';
}

function write(folder: string, files: NewFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, { text, isProgram }] of files)
    writeFileSync(join(folder, name), text, { mode: isProgram ? 0o755 : 0o644 });
}
