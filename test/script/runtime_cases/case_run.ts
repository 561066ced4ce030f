/** Runs one runtime case of bpftrace, and says what became of it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Faults, SantaError } from '../../../src/errors/fault.js';
import { isNativeError } from '../../../src/kernel/addon.js';
import { usefulLines } from '../../../src/kernel/log_lines.js';
import type { KernelTypes } from '../../../src/script/resolve/kernel_types.js';
import { parseScript } from '../../../src/script/syntax/parse.js';
import type { Script } from '../../../src/script/syntax/tree.js';
import {
  otherForm,
  refusedPart,
  refusedSyntax,
  unsuitableCase,
  unsuitableProbes,
  valueExpectations,
} from './applicability.js';
import { captured } from './capture.js';
import type { Expectation, RuntimeCase } from './case_reader.js';
import { readCommand } from './command_line.js';
import { runScript } from './script_run.js';

export interface Verdict {
  readonly outcome: 'passed' | 'not applicable' | 'failed';
  /** Empty: it passed. */
  readonly reason: string;
  /** Of a script that ran, and printed something else. */
  readonly output?: string;
}

export interface Surroundings {
  readonly kernel: KernelTypes;
  /** The folder with bpftrace's files `runtime` and `testprogs`: scripts are named relative to it. */
  readonly tests: string;
  /** A folder with the folder `testprogs`, where built programs are. Commands run there. */
  readonly workFolder: string;
}

const ownThread = 'santabpf-read';
/** As long as bpftrace's own runner waits. */
const longestMs = 5000;
/** What the script observes may still be on its way when a command has ended. */
const graceMs = 300;

export async function runCase(runtimeCase: RuntimeCase, surroundings: Surroundings): Promise<Verdict> {
  const unsuitable = unsuitableCase(runtimeCase, process.arch);
  if (unsuitable !== undefined) return { outcome: 'not applicable', reason: unsuitable };
  const { program, command = '' } = runtimeCase;
  const invocation =
    program === undefined
      ? readCommand(command, (path) => readFileSync(join(surroundings.tests, path), 'utf8'))
      : { script: program, child: undefined };
  if ('other' in invocation)
    return { outcome: 'not applicable', reason: `bpftrace's command line: ${invocation.other}` };
  let script: Script;
  try {
    script = withEnvironment(parseScript(asThisProcess(invocation.script), 'case.bt'), runtimeCase);
  } catch (error) {
    const reason = refusedSyntax(messageOf(error)) ?? otherForm(invocation.script);
    return reason === undefined
      ? { outcome: 'failed', reason: messageOf(error) }
      : { outcome: 'not applicable', reason };
  }
  const probes = unsuitableProbes(script);
  if (probes !== undefined) return { outcome: 'not applicable', reason: probes };
  const refused = refusedPart(script);
  if (refused !== undefined) return { outcome: 'not applicable', reason: refused };
  for (const requirement of runtimeCase.requirements) {
    if (shell(requirement, surroundings) !== 0)
      return { outcome: 'not applicable', reason: `this machine lacks something: ${requirement}` };
  }
  const used = [invocation.script, invocation.child, runtimeCase.after, runtimeCase.setup, ...runtimeCase.before].join(
    ' ',
  );
  const missing = [...used.matchAll(/test(?:progs|libs)\/[\w.-]+/g)].find(
    ([path]) => !existsSync(join(surroundings.workFolder, path)),
  );
  if (missing !== undefined) return { outcome: 'not applicable', reason: `a program is not built here: ${missing[0]}` };
  const verdict = await judged(runtimeCase, script, asThisProcess(invocation.script), invocation.child, surroundings);
  const form = verdict.outcome === 'failed' ? otherForm(invocation.script) : undefined;
  return form === undefined ? verdict : { outcome: 'not applicable', reason: form };
}

async function judged(
  runtimeCase: RuntimeCase,
  script: Script,
  text: string,
  child: string | undefined,
  surroundings: Surroundings,
): Promise<Verdict> {
  const { before, after, setup, cleanup } = runtimeCase;
  const running: ChildProcess[] = [];
  const start = (command: string) => {
    const started = spawn('sh', ['-c', command], { cwd: surroundings.workFolder, stdio: 'ignore', detached: true });
    running.push(started);
    return new Promise<void>((end) => started.on('exit', () => end()).on('error', () => end()));
  };
  if (setup !== undefined) shell(setup, surroundings);
  try {
    for (const command of before) void start(command);
    if (before.length > 0) await sleep(graceMs);
    const command = after ?? child;
    const printed = await runScript({
      captured: captured(script, (path) => resolve(surroundings.workFolder, path)),
      text,
      kernel: surroundings.kernel,
      cause: async () => {
        if (command === undefined) return;
        await Promise.race([start(command), sleep(longestMs)]);
      },
      longestMs,
      graceMs: command === undefined ? longestMs : graceMs,
    });
    const output = printed
      .replaceAll(ownThread, 'bpftrace')
      .replaceAll(`${surroundings.workFolder}/testprogs/`, 'testprogs/');
    const wrong = valueExpectations(runtimeCase).find((expectation) => !isMet(expectation, output, surroundings.tests));
    return wrong === undefined
      ? { outcome: 'passed', reason: '' }
      : { outcome: 'failed', reason: `expected ${JSON.stringify(wrong.text)}`, output };
  } catch (error) {
    return { outcome: 'failed', reason: messageOf(error) };
  } finally {
    for (const { pid, exitCode } of running) if (pid !== undefined && exitCode === null) killGroup(pid);
    if (cleanup !== undefined) shell(cleanup, surroundings);
  }
}

/** `begin` runs in a thread of the exporter, not of bpftrace. */
const asThisProcess = (script: string) => script.replaceAll('"bpftrace"', `"${ownThread}"`);

/** Compares as bpftrace's own runner does: a text is a whole line, or lines. */
export function isMet({ text, mode }: Expectation, output: string, tests: string): boolean {
  if (mode === 'file') return output.trim().includes(readFileSync(join(tests, text), 'utf8').trim());
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const isFound = new RegExp(mode.startsWith('text') ? `^\\s*${literal}\\s*$` : ofPython(text), 'm').test(output);
  return isFound !== mode.endsWith('none');
}

/** Flags of a group are spelled otherwise in JavaScript. */
const ofPython = (pattern: string) => pattern.replace(/\(\?s:\.\*\)/g, '[^]*');

/** bpftrace reads settings from the environment, too. */
function withEnvironment(script: Script, { environment }: RuntimeCase): Script {
  const settings = [...environment].flatMap(([name, value]) =>
    name.startsWith('BPFTRACE_')
      ? [{ name: name.toLowerCase(), value: /^\d+$/.test(value) ? BigInt(value) : value, place: { start: 0, end: 0 } }]
      : [],
  );
  return { ...script, settings: [...script.settings, ...settings] };
}

function shell(command: string, { workFolder }: Surroundings): number {
  return spawnSync('sh', ['-c', command], { cwd: workFolder, stdio: 'ignore', timeout: longestMs }).status ?? 1;
}

/** A process that was started with a group of its own. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Faults) return error.faults.map(messageOf).join('; ');
  if (error instanceof SantaError) return error.message;
  if (isNativeError(error))
    return `${error.operation}: ${error.code}; ${usefulLines(error.log)
      .split('\n')
      .slice(-3)
      .map((line) => line.trim())
      .join(' / ')}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
