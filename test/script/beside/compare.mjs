/**
 * Runs scripts in bpftrace and in the built exporter at the same time, and compares what they count. Prints one line of JSON a script.
 * Usage: node test/script/beside/compare.mjs [--tools=FOLDER] [--wait=MILLISECONDS] [CASE...]
 * FOLDER has the scripts of bpftrace's repository. bpftrace comes from Debian sid, into .cache; nothing is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Bpftrace, fetchBpftrace } from './bpftrace.mjs';
import { cases } from './cases.mjs';
import { ScriptExporter } from './exporter.mjs';
import { toolCases } from './tool_cases.mjs';

const root = resolve(import.meta.dirname, '../../..');
const cache = join(root, '.cache');
const program = join(root, 'build/test/workload');
const tracefs = '/sys/kernel/tracing';

// Programs of tracepoints are found in tracefs. Only this process sees the mount.
if (!existsSync(join(tracefs, 'events')) && process.env.SANTABPF_BESIDE === undefined) {
  const { status } = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      `mount -t tracefs tracefs ${tracefs} && exec "$@"`,
      'sh',
      process.execPath,
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
    ],
    { stdio: 'inherit', env: { ...process.env, SANTABPF_BESIDE: '1' } },
  );
  process.exit(status ?? 1);
}
const { values: options, positionals: asked } = parseArgs({
  options: { tools: { type: 'string' }, wait: { type: 'string', default: '300' } },
  allowPositionals: true,
});
const hasKprobes = existsSync('/sys/bus/event_source/devices/kprobe');
const all = [...cases, ...(options.tools === undefined ? [] : toolCases)];
const chosen = all.filter(({ name, needsKprobes = false }) =>
  asked.length > 0 ? asked.some((word) => word.replaceAll(/\W/g, '_') === name) : hasKprobes || !needsKprobes,
);
const folder = mkdtempSync(join(tmpdir(), 'santabpf-beside-work-'));
const command = await fetchBpftrace(cache);
const disk = chosen.some(({ work }) => work.flat().includes('DISK')) ? attachDisk() : '';
const exporter = new ScriptExporter();
let wrong = 0;
try {
  await exporter.start(join(root, 'dist'), Object.fromEntries(chosen.map(probeFile)));
  const states = await exporter.states();
  for (const each of chosen) {
    const result = await compare(each, states.get(each.name));
    if (!result.equal) wrong++;
    console.log(JSON.stringify(result));
  }
} finally {
  await exporter.stop();
  if (disk !== '') execFileSync('losetup', ['--detach', disk]);
  rmSync(folder, { recursive: true });
}
console.log(`${chosen.length - wrong} of ${chosen.length} equal`);
process.exitCode = wrong > 0 ? 1 : 0;

/** @param {import('./cases.mjs').Case} each */
function textOf({ script, tool, name }) {
  // A tool prints COMM above its columns.
  if (script === undefined) return readFileSync(join(options.tools ?? '', tool ?? ''), 'utf8');
  return script.replaceAll('COMM', commOf(name)).replaceAll('PROGRAM', program);
}

/** Of the 15 characters of a command name, enough to tell the cases apart. @param {string} name */
function commOf(name) {
  return `b-${name}`.slice(0, 15);
}

/** @param {import('./cases.mjs').Case} each @returns {[string, string]} name and contents */
function probeFile(each) {
  const { name, events } = each;
  const script = textOf(each);
  if (events === undefined) return [`${name}.bt`, script];
  return [`${name}.yaml`, JSON.stringify({ probe: name, summary: 'What a script prints.', script, events })];
}

/**
 * @param {import('./cases.mjs').Case} each
 * @param {{ state: string; reason?: { message: string } } | undefined} state
 */
async function compare(each, state) {
  const { name, from, parameters, work, compare, settle = 0 } = each;
  if (state?.state !== 'up') return { name, from, equal: false, state: state?.state, reason: state?.reason?.message };
  const file = join(folder, `${name}.bt`);
  writeFileSync(file, textOf(each));
  const other = new Bpftrace(command, file, parameters);
  try {
    await other.attached;
  } catch (error) {
    return { name, from, equal: false, reason: String(error) };
  }
  const before = await exporter.samples();
  await sleep(Number(options.wait));
  for (const words of work) perform(words, commOf(name));
  await sleep(Number(options.wait) + settle);
  const after = await exporter.samples();
  const printed = await other.end();
  const results = compare(commOf(name), name).map(({ what, theirs, ours, tolerance = 0 }) => {
    const values = { theirs: theirs(printed), ours: growth(ours(after), ours(before)) };
    return { what, ...values, equal: isEqual(values.theirs, values.ours, tolerance) };
  });
  return { name, from, equal: results.every(({ equal }) => equal), results };
}

/** @param {import('./cases.mjs').Counted} after @param {import('./cases.mjs').Counted} before @returns {import('./cases.mjs').Counted} */
function growth(after, before) {
  if (typeof after === 'number') return after - Number(before);
  const changed = Object.entries(after).map(
    ([bound, count]) => /** @type {const} */ ([bound, count - (Object(before)[bound] ?? 0)]),
  );
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}

/** Nothing counted is no proof. @param {import('./cases.mjs').Counted} theirs @param {import('./cases.mjs').Counted} ours @param {number} tolerance */
function isEqual(theirs, ours, tolerance) {
  if (typeof theirs === 'number' && typeof ours === 'number') {
    return theirs !== 0 && Math.abs(ours - theirs) <= Math.abs(theirs) * tolerance;
  }
  const text = (/** @type {import('./cases.mjs').Counted} */ counts) => JSON.stringify(Object.entries(counts).sort());
  return Object.keys(theirs).length > 0 && text(theirs) === text(ours);
}

/** @param {readonly string[]} words @param {string} comm */
function perform([first = '', ...rest], comm) {
  const words = rest.map((word) => ({ DISK: disk, FILE: emptyFile() })[word] ?? word);
  if (first === 'WORKLOAD') {
    execFileSync(program, ['--comm', comm, ...words], { stdio: 'ignore' });
    return;
  }
  const [original = '', ...parameters] = words;
  const copy = join(folder, comm);
  copyFileSync(original, copy);
  chmodSync(copy, 0o755);
  spawnSync(copy, parameters, { stdio: 'ignore' });
}

function emptyFile() {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  return file;
}

function attachDisk() {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'disk');
  writeFileSync(file, Buffer.alloc(1 << 24));
  return execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
}
