import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningExporter } from '../harness/exporter.js';
import { until } from './until.js';

/** Kernel ids of the BPF objects that a process holds open. */
export interface KernelObjects {
  readonly programs: readonly number[];
  readonly maps: readonly number[];
  readonly links: readonly number[];
}

/** The BPF objects that a process holds open, read from its /proc/PID/fdinfo. */
export function kernelObjectsOf(pid: number): KernelObjects {
  const folder = join('/proc', String(pid), 'fdinfo');
  const texts = readdirSync(folder).map((descriptor) => {
    try {
      return readFileSync(join(folder, descriptor), 'utf8');
    } catch {
      return '';
    }
  });
  const ids = (word: string) => {
    const found = texts.flatMap((text) => new RegExp(`^${word}:\\s*(\\d+)$`, 'm').exec(text)?.[1] ?? []);
    return [...new Set(found.map(Number))].sort((a, b) => a - b);
  };
  return { programs: ids('prog_id'), maps: ids('map_id'), links: ids('link_id') };
}

/** Number of open file descriptors of a process. */
export function descriptorsOf(pid: number): number {
  return readdirSync(join('/proc', String(pid), 'fd')).length;
}

/** Waits until the kernel has freed all of these objects, which happens shortly after the last reference is gone. */
export async function untilFreed({ programs, maps, links }: KernelObjects): Promise<void> {
  const all = [
    ...programs.map((id) => ['prog', id] as const),
    ...maps.map((id) => ['map', id] as const),
    ...links.map((id) => ['link', id] as const),
  ];
  await until(`${JSON.stringify(all)} to be freed`, () =>
    all.every(([kind, id]) => spawnSync('bpftool', [kind, 'show', 'id', String(id)]).status !== 0),
  );
}

/** Entries of a map as bpftool reads them: first 8 bytes of the key → first 8 bytes of the value, summed over all CPUs. */
export function entriesOf(pid: number, map: string): Map<number, number> {
  const entries = dump(pid, map).map(({ key, value, values }) => {
    const perCpu = values?.map((one) => one.value) ?? [value ?? []];
    return [numberOf(key), perCpu.reduce((sum, bytes) => sum + numberOf(bytes.slice(0, 8)), 0)] as const;
  });
  return new Map(entries);
}

/** The 64-bit words of the value of a map with one entry, each summed over all CPUs. */
export function wordsOf(pid: number, map: string): number[] {
  const [entry] = dump(pid, map);
  const perCpu = entry?.values?.map((one) => one.value) ?? [entry?.value ?? []];
  const words = Array.from({ length: (perCpu[0]?.length ?? 0) / 8 }, () => 0);
  for (const bytes of perCpu) {
    for (const index of words.keys()) words[index]! += numberOf(bytes.slice(index * 8, index * 8 + 8));
  }
  return words;
}

/** The number of programs that an exporter has attached whose names begin alike. */
export function attachedPrograms({ process }: RunningExporter, name: string): number {
  const { links } = kernelObjectsOf(process.pid!);
  const all = JSON.parse(bpftool('link', 'show')) as { id: number; prog_id: number }[];
  return all.filter(({ id, prog_id }) => {
    if (!links.includes(id)) return false;
    const program = JSON.parse(bpftool('prog', 'show', 'id', String(prog_id))) as { name: string };
    return program.name.startsWith(name);
  }).length;
}

interface Dumped {
  readonly key: readonly string[];
  readonly value?: readonly string[];
  readonly values?: readonly { readonly cpu: number; readonly value: readonly string[] }[];
}

function dump(pid: number, map: string): Dumped[] {
  for (const id of kernelObjectsOf(pid).maps) {
    const { name } = JSON.parse(bpftool('map', 'show', 'id', String(id))) as { name?: string };
    if (name === map) return JSON.parse(bpftool('map', 'dump', 'id', String(id))) as Dumped[];
  }
  throw new Error(`Process ${pid} has no map ${map}`);
}

function bpftool(...words: string[]): string {
  return execFileSync('bpftool', ['--json', ...words], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

/** Reads up to 8 hexadecimal bytes as a little-endian number. */
function numberOf(bytes: readonly string[]): number {
  const eight = Buffer.alloc(8);
  for (const [index, byte] of bytes.slice(0, 8).entries()) eight[index] = Number(byte);
  return Number(eight.readBigUInt64LE());
}
