// Compiles NAME.bpf.c to NAME.bpf.o: node bpf/build.mjs [--source DIR] [--output DIR] [NAME...]
// A program is recompiled only if its source, a header, the compiler or its flags changed.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const library = join(root, 'bpf/include');

/** Exit code where there is no compiler; other faults end with 1. */
const noCompiler = 3;

class BuildFault extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const architectures = {
  x64: { define: '-D__TARGET_ARCH_x86', headers: '/usr/include/x86_64-linux-gnu' },
  arm64: { define: '-D__TARGET_ARCH_arm64', headers: '/usr/include/aarch64-linux-gnu' },
};

/** $CLANG if set, else clang or the newest clang-NN. The compiler must have the BPF target. */
function findCompiler() {
  const versioned = Array.from({ length: 13 }, (_, index) => `clang-${24 - index}`);
  const names = process.env.CLANG ? [process.env.CLANG] : ['clang', ...versioned];
  for (const name of names) {
    try {
      const version = execFileSync(name, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      if (/bpf/.test(execFileSync(name, ['-print-targets'], { encoding: 'utf8' }))) return { name, version };
    } catch {
      // Not installed: try the next name.
    }
  }
  const tried = process.env.CLANG ?? `clang and ${versioned.at(-1)} to ${versioned[0]}`;
  throw new BuildFault(
    `No clang with the BPF target was found (tried ${tried}).\n` +
      'Install it: apt-get install clang llvm. Or set CLANG to its path.',
    noCompiler,
  );
}

/** llvm-strip removes DWARF, a third of an object that only debuggers read, and keeps BTF. Without it objects are only larger. */
function findStrip(compiler) {
  const suffix = /-\d+$/.exec(compiler)?.[0] ?? '';
  for (const name of new Set([`llvm-strip${suffix}`, 'llvm-strip'])) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // Not installed: try the next name.
    }
  }
  return undefined;
}

function flags(source) {
  const architecture = architectures[process.arch];
  if (!architecture) {
    const supported = Object.keys(architectures).join(' and ');
    throw new BuildFault(`Cannot build on ${process.arch}: only ${supported} are supported. Build on one of them.`);
  }
  const { define, headers } = architecture;
  const includes = [`-I${source}`, `-I${library}`, `-idirafter${headers}`];
  return ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', define, '-Wall', '-Werror', ...includes];
}

function contents(folder, ending, recursive = false) {
  const names = readdirSync(folder, { recursive }).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

function readDigests(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function isFile(file) {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

async function compile({ compiler, strip, options, input, output }) {
  // Renamed into place because an exporter may be loading the old object.
  const unfinished = `${output}.${process.pid}`;
  try {
    await run(compiler, [...options, '-c', input, '-o', unfinished]);
    if (strip) await run(strip, ['-g', unfinished]);
    renameSync(unfinished, output);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: { source: { type: 'string' }, output: { type: 'string' } },
    allowPositionals: true,
  });
  return {
    source: resolve(values.source ?? join(root, 'bpf')),
    output: resolve(values.output ?? join(root, 'dist/bpf')),
    chosen: positionals,
  };
}

function choose(sources, chosen, source) {
  const known = new Set(sources.map(([file]) => file));
  for (const name of chosen) {
    if (known.has(`${name}.bpf.c`)) continue;
    const names = [...known].map((file) => file.slice(0, -'.bpf.c'.length)).join(', ');
    throw new BuildFault(
      `No ${name}.bpf.c in ${source}. ${names ? `Programs there: ${names}` : 'It has no programs.'}`,
    );
  }
  return sources.filter(([file]) => chosen.length === 0 || chosen.includes(file.slice(0, -'.bpf.c'.length)));
}

async function build() {
  const { source, output, chosen } = readArguments();
  if (!existsSync(source))
    throw new BuildFault(`--source ${source} does not exist. Create it or pass another directory.`);
  const sources = contents(source, '.bpf.c');
  const wanted = choose(sources, chosen, source);
  const { name: compiler, version } = findCompiler();
  const strip = findStrip(compiler);
  const options = flags(source);
  const headers = [...contents(library, '.h', true), ...(source === library ? [] : contents(source, '.h'))];
  const common = JSON.stringify([version, options, strip ?? '', headers]);

  mkdirSync(output, { recursive: true });
  const digestFile = join(output, 'digests.json');
  const digests = readDigests(digestFile);
  const jobs = [];
  for (const [file, text] of wanted) {
    const object = join(output, file.replace(/\.c$/, '.o'));
    const digest = createHash('sha256').update(common).update(text).digest('hex');
    if (digests[file] !== digest || !isFile(object)) jobs.push({ file, object, digest });
  }

  let failed = 0;
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const input = join(source, job.file);
      try {
        await compile({ compiler, strip, options, input, output: job.object });
        digests[job.file] = job.digest;
        console.log(`compiled ${relative('', input)}`);
      } catch (error) {
        failed++;
        delete digests[job.file];
        console.error(`Could not compile ${relative('', input)} with ${compiler}:\n${error.stderr || error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));

  if (chosen.length === 0) forgetRemoved(sources, output, digests);
  writeFileSync(`${digestFile}.${process.pid}`, `${JSON.stringify(digests, undefined, 1)}\n`);
  renameSync(`${digestFile}.${process.pid}`, digestFile);
  if (failed > 0) throw new BuildFault(`${failed} of ${wanted.length} BPF programs did not compile: see above.`);
}

/** Removes objects without a source: the exporter would still find and load them. */
function forgetRemoved(sources, output, digests) {
  const present = new Set(sources.map(([file]) => file));
  for (const file of Object.keys(digests)) {
    if (present.has(file)) continue;
    rmSync(join(output, file.replace(/\.c$/, '.o')), { force: true });
    delete digests[file];
  }
}

try {
  await build();
} catch (error) {
  if (!(error instanceof BuildFault)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
