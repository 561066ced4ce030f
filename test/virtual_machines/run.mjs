/**
 * Tests every shipped probe, every kind of hook, maps and scripts on real kernels in virtual machines, two at a time, and writes the tables in
 * docs/kernels.md.
 * Usage: npm run test:kernels [-- [--possible-cpus=COUNT] KERNEL...]. With KERNEL only these kernels run, and the tables are not written.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { hookTable, isHookRight } from './hook_table.mjs';
import { initramfs } from './initramfs.mjs';
import { kernels } from './kernels.mjs';
import { boot } from './machine.mjs';
import { fetchBusybox, fetchKernel, fetchSystemd, fetchTools, installExporter } from './prerequisites.mjs';
import { isRight, marks, tableOf, writeTable } from './table.mjs';

/** @typedef {import('./table.mjs').Row} Row */

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '../..');
const cache = join(root, '.cache/kernels');
// A run takes two to three minutes on an idle host with two CPUs, and an hour beside much other work.
const timeout = 3600;
// Where Debian's 5.10 does not run LSM programs by itself.
const withLsmPrograms = { lsm: 'lockdown,yama,apparmor,bpf' };
// Nobody logs in, and caches need no update.
const quickStart = { 'systemd.getty_auto': '0', 'systemd.condition-needs-update': '0' };

const { values: options, positionals: asked } = parseArgs({
  options: { 'possible-cpus': { type: 'string', default: '2' } },
  allowPositionals: true,
});
const possibleCpus = Number(options['possible-cpus']);
const chosen = kernels.filter(({ name }) => asked.length === 0 || asked.includes(name));
if (chosen.length === 0) {
  console.error(`Unknown kernel: ${asked.join(', ')}. Choose from: ${kernels.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (!(possibleCpus >= 2 && possibleCpus <= 256)) {
  console.error('--possible-cpus must be 2 to 256.');
  process.exit(2);
}
if (process.getuid?.() !== 0) {
  console.error('virtiofsd, which serves files to the virtual machines, needs root. Run it with sudo.');
  process.exit(1);
}
if (/^\/(tmp|run|var\/tmp)\//.test(root)) {
  console.error(
    `The repository at ${root} is not visible in virtual machines, which mount their own /tmp, /run and /var/tmp. Move it.`,
  );
  process.exit(1);
}
mkdirSync(cache, { recursive: true });
const fixtures = ['--source', join(root, 'test/fixtures/bpf'), '--output', join(root, '.cache/fixtures')];
execFileSync(process.execPath, [join(root, 'bpf/build.mjs'), ...fixtures], { stdio: ['ignore', 'ignore', 'inherit'] });
const tools = await fetchTools(cache);
const busybox = await fetchBusybox(cache);
const systemd = chosen.some(({ service }) => service)
  ? { EXPORTER_TREE: await installExporter(cache), SYSTEMD_TREE: await fetchSystemd(cache) }
  : undefined;

/** @type {Map<string, import('./table.mjs').Column>} */
const columns = new Map();
/** @type {Map<string, import('./hook_table.mjs').HookColumn>} */
const hookColumns = new Map();
/** @type {Map<string, import('./hook_table.mjs').HookColumn>} */
const mapColumns = new Map();
/** @type {Map<string, import('./hook_table.mjs').HookColumn>} */
const scriptColumns = new Map();
let faults = 0;
const waiting = [...chosen];
await Promise.all([work(), work()]);
const ordered = chosen.flatMap(({ name }) => columns.get(name) ?? []);
const hooks = hookTable(chosen.flatMap(({ name }) => hookColumns.get(name) ?? []));
const maps = hookTable(
  chosen.flatMap(({ name }) => mapColumns.get(name) ?? []),
  'map',
);
const scripts = hookTable(
  chosen.flatMap(({ name }) => scriptColumns.get(name) ?? []),
  'script',
);
if (asked.length === 0 && possibleCpus === 2 && faults === 0 && ordered.length === kernels.length) {
  writeTable(join(root, 'docs/kernels.md'), marks.probes, tableOf(ordered, alternatives()));
  writeTable(join(root, 'docs/kernels.md'), marks.hooks, hooks);
  writeTable(join(root, 'docs/kernels.md'), marks.maps, maps);
  writeTable(join(root, 'docs/kernels.md'), marks.scripts, scripts);
}
console.log(`\n${tableOf(ordered, alternatives())}\n\n${hooks}\n\n${maps}\n\n${scripts}\n`);
const results = ordered.flatMap(({ rows }) => rows.flatMap((row) => row.results));
const failed = results.filter((result) => !isRight(result)).length + faults;
console.log(`${results.length - failed + faults} passed, ${failed} failed`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;

async function work() {
  for (let kernel = waiting.shift(); kernel !== undefined; kernel = waiting.shift()) await tryKernel(kernel);
}

/** @param {import('./kernels.mjs').Kernel} kernel */
async function tryKernel({ name, suite, service = false }) {
  const packages = await fetchKernel(cache, suite);
  const lines = await run(
    name,
    packages,
    ['check', 'hooks', 'maps', 'scripts', 'verdicts', 'states', 'verdicts'],
    withLsmPrograms,
  );
  const rows = /** @type {Row[]} */ (lines.filter((line) => 'probe' in line));
  const { release } = packages;
  columns.set(name, { release, rows });
  for (const row of rows) report(row);
  const kinds = /** @type {const} */ ([
    [hookColumns, 'hook'],
    [mapColumns, 'map'],
    [scriptColumns, 'script'],
  ]);
  const others = kinds.flatMap(([column, what]) => {
    const found = lines.filter((line) => what in line).map(({ [what]: hook, ...line }) => ({ ...line, hook }));
    column.set(name, { release, rows: /** @type {import('./hook_table.mjs').HookRow[]} */ (found) });
    return column.get(name)?.rows ?? [];
  });
  for (const row of others.filter((candidate) => !isHookRight(candidate, release))) {
    faults++;
    console.log(`  ${row.hook}: ${row.state}, ${row.received} of ${row.least}; ${row.reason?.message ?? ''}`);
  }
  if (service) await run(`${name}-service`, packages, ['service'], { ...systemd, ...quickStart });
}

/**
 * Runs parts of the test in a machine, and prints what situations they report.
 * @param {string} name
 * @param {Awaited<ReturnType<typeof fetchKernel>>} packages
 * @param {readonly string[]} parts modules in this folder
 * @param {Readonly<Record<string, string>>} [kernelArguments]
 * @returns {Promise<Record<string, unknown>[]>} all lines they printed
 */
async function run(name, { image, modules, release }, parts, kernelArguments = {}) {
  const commands = parts.map((part) => `'${process.execPath}' test/virtual_machines/${part}.mjs`);
  const script = `cd '${root}' && ${commands.join(' && ')}\n`;
  const archive = initramfs({ busybox, modules, init: join(folder, 'init.sh'), script });
  const machine = { tools, kernel: image, initramfs: archive, root: '/', timeout, kernelArguments, possibleCpus };
  const outcome = await boot(machine);
  const file = `console-${name}.log`;
  writeFileSync(join(cache, file), outcome.console);
  const lines = outcome.output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const seconds = outcome.seconds.toFixed(0);
  console.log(`${release}: ${seconds} s, exit code ${outcome.code}, console in .cache/kernels/${file}`);
  if (outcome.code !== 0 || lines.some((line) => line.ok === false)) faults++;
  for (const { situation, ok, up, megabytes, unsupported, down, wrong = [] } of lines.filter(
    (line) => 'situation' in line,
  )) {
    const maps = megabytes === undefined ? '' : `; maps: ${megabytes} MB`;
    console.log(
      `  ${situation}: ${up} up${maps}; unsupported: ${JSON.stringify(unsupported)}${ok ? '' : `; WRONG, down: ${JSON.stringify(down)}; ${wrong.join('; ')}`}`,
    );
  }
  return lines;
}

/** @param {Row} row */
function report({ probe, up, reason, results }) {
  if (!up) {
    faults++;
    console.log(`  ${probe} is not up: ${reason}`);
  }
  for (const result of results.filter((candidate) => !isRight(candidate))) {
    const { what, least, most, received } = result;
    console.log(
      `  ${probe}: ${what}: expected ${least === most ? least : `${least} to ${most}`} but received ${received}`,
    );
  }
}

/** @returns {Map<string, string[]>} fallback programs by probe */
function alternatives() {
  const probes = join(root, 'config/probes');
  if (!existsSync(probes)) return new Map();
  return new Map(
    readdirSync(probes).map((file) => {
      const { probe, programs } = parse(readFileSync(join(probes, file), 'utf8'));
      return [probe, (programs?.alternatives ?? []).flatMap((/** @type {string[]} */ names) => names.slice(1))];
    }),
  );
}
