/** How often hooks fire: a compiled script at each of them counts for some seconds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeConfiguration } from '../../config/configuration.js';
import { Faults, SantaError } from '../../errors/fault.js';
import type { KernelContext } from '../../kernel/kernel_context.js';
import { KernelProbe } from '../../kernel/kernel_probe.js';
import { openCompiled } from '../../kernel/object_file.js';
import { packageFolder } from '../../package_folder.js';
import { readConfigurationPatiently } from '../../reading/reading.js';

/** A hook with what was counted there, or why nothing was. */
export type CountedHook =
  | { readonly name: string; readonly count: number; readonly perSecond: number }
  | { readonly name: string; readonly reason: string };

const objectFolder = join(packageFolder, 'dist/bpf');

/**
 * Attaches a program to each hook, and reads the counts after some time. Nothing stays attached.
 * @param names of hooks, as scripts name them
 * @param options how long to count, and a BTF file for kernels without their own
 * @returns in the order of the names
 */
export async function countHooks(
  context: KernelContext,
  names: readonly string[],
  { milliseconds, btfFile }: { readonly milliseconds: number; readonly btfFile: string | undefined },
): Promise<CountedHook[]> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-hooks-'));
  try {
    const reasons = new Map<string, string>();
    const probes = await compile(folder, names, reasons, btfFile);
    const running: Running[] = [];
    try {
      for (const [name, probe] of probes) {
        const started = await start(context, name, probe, reasons);
        if (started) running.push(started);
      }
      if (running.length > 0) await sleep(milliseconds);
      const counts = new Map<string, CountedHook>();
      for (const each of running) counts.set(each.name, await read(each));
      return names.map((name) => counts.get(name) ?? { name, reason: reasons.get(name) ?? 'it was not attached' });
    } finally {
      for (const { probe } of running) probe.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Running {
  readonly name: string;
  readonly probe: KernelProbe;
  readonly map: string;
  readonly since: number;
}

/** Hooks that cannot be compiled for get a reason; the others are compiled without them. */
async function compile(
  folder: string,
  names: readonly string[],
  reasons: Map<string, string>,
  btfFile: string | undefined,
): Promise<Map<string, ProbeConfiguration>> {
  const fileOf = (index: number) => join(folder, `hook${index}.bt`);
  for (const [index, name] of names.entries()) writeFileSync(fileOf(index), `${name} { @fired = count(); }\n`);
  const main = join(folder, 'main.yaml');
  for (;;) {
    const chosen = [...names.entries()].filter(([, name]) => !reasons.has(name));
    if (chosen.length === 0) return new Map();
    const list = chosen.map(([index]) => `./${basename(fileOf(index))}`).join(', ');
    writeFileSync(main, `probe_path: [.]\nprobes: [${list}]\n`);
    try {
      const { probes } = await readConfigurationPatiently(main, { objectFolder }, btfFile);
      return new Map(probes.map((probe, index) => [chosen[index]![1], probe]));
    } catch (error) {
      if (!(error instanceof Faults) || !noteReasons(error, (file) => nameOf(file, names), reasons)) throw error;
    }
  }
}

const nameOf = (file: string, names: readonly string[]) =>
  names[Number(/hook(\d+)[.]bt$/.exec(file)?.[1] ?? Number.NaN)];

/** @returns whether any of the faults is about one of the hooks */
function noteReasons(
  { faults }: Faults,
  nameOfFile: (file: string) => string | undefined,
  reasons: Map<string, string>,
): boolean {
  const before = reasons.size;
  for (const { location, message } of faults) {
    const name = location && nameOfFile(location.file);
    if (name !== undefined && !reasons.has(name)) reasons.set(name, message);
  }
  return reasons.size > before;
}

async function start(
  context: KernelContext,
  name: string,
  { spec, script, file }: ProbeConfiguration,
  reasons: Map<string, string>,
): Promise<Running | undefined> {
  let probe: KernelProbe | undefined;
  try {
    const request = {
      probe: spec.probe,
      object: file,
      alternatives: [],
      attach: spec.programs?.attach,
      iterators: [],
      maxEntries: {},
      constants: [],
    };
    probe = await KernelProbe.load(context, request, openCompiled(context, script!.object, spec.probe, file));
    await probe.attach();
    return { name, probe, map: spec.metrics[0]!.map!, since: performance.now() };
  } catch (error) {
    probe?.close();
    if (!(error instanceof SantaError)) throw error;
    reasons.set(name, error.message.split('\n')[0]!.replace(/:$/, ''));
    return undefined;
  }
}

/** The count is a number of 8 bytes for each CPU, or one for all. */
async function read({ name, probe, map, since }: Running): Promise<CountedHook> {
  const { values } = await probe.map(map).snapshot();
  const seconds = (performance.now() - since) / 1000;
  const words = new BigUint64Array(values.buffer, values.byteOffset, values.byteLength >> 3);
  const count = Number(words.reduce((sum, word) => sum + word, 0n));
  return { name, count, perSecond: count / seconds };
}
