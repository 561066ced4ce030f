/** `santabpf build FOLDER`: compiles programs in C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { fault } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';

/** The exit code of bpf/build.mjs where it finds no clang. */
const noCompiler = 3;

export const command = defineCommand({
  name: 'build',
  summary: 'Compile the BPF programs of a folder with clang',
  description: [
    "Compiles each NAME.bpf.c of a folder to NAME.bpf.o, with the headers in the package's bpf/include.",
    'What has not changed since the last time is not compiled again. Errors name file, line and column.',
  ],
  operands: [{ name: 'FOLDER' }],
  flags: { output: { takes: 'FOLDER', help: 'Where to write the objects [the same folder]', parse: text } },
  examples: ['build my-probes'],
  async run([folder = ''], { output }) {
    await compileFolder(folder, output);
    const objects = readdirSync(output ?? folder).filter((name) => name.endsWith('.bpf.o'));
    process.stdout.write(
      [
        `${objects.length === 1 ? 'The object is' : `${objects.length} objects are`} in ${relative('', resolve(output ?? folder)) || '.'}. Next:`,
        `  santabpf inspect ${join(output ?? folder, objects[0]!)}`,
        '',
      ].join('\n'),
    );
    return 0;
  },
});

/**
 * Compiles the programs of a folder. The compiler's words go to standard error.
 * @throws SantaError BUILD_FAILED, COMPILER_MISSING
 */
export async function compileFolder(folder: string, output = folder): Promise<void> {
  const isFolder = existsSync(folder);
  if (!isFolder || !readdirSync(folder).some((name) => name.endsWith('.bpf.c')))
    throw fault('BUILD_FAILED', {
      folder,
      problem: isFolder ? 'it has no file NAME.bpf.c' : 'there is no such folder',
    });
  const script = join(packageFolder, 'bpf/build.mjs');
  const words = [script, '--source', resolve(folder), '--output', resolve(output)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === noCompiler) throw fault('COMPILER_MISSING', { folder });
  if (code !== 0) throw fault('BUILD_FAILED', { folder, problem: 'see above' });
}
