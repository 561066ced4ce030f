/** Kernel memory of the maps of each default probe, as the kernel states it, and what the host used more. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { parseCpuList } from '../src/kernel/cpu_watch.js';
import { ExporterProcess } from './exporter_process.js';
import { mapBytes } from './map_memory.js';
import { figure, printTable } from './numbers.js';
import { root } from './root.js';

/** `enum bpf_map_type` of the hashes, the only maps that may grow, and `mapKind`'s names. */
const hashes: Readonly<Record<number, string>> = { 1: 'hash', 5: 'percpu_hash' };

const cpus = parseCpuList(readFileSync('/sys/devices/system/cpu/possible', 'latin1')).length;

interface MapMemory {
  readonly id: string;
  /** Bytes, now and with as many entries as the map can have. */
  readonly now: number;
  readonly full: number;
}

/**
 * Adds one probe after the other to a running exporter.
 * @param chosen names of probes; none: those of the default configuration
 */
export async function memory(chosen: readonly string[]): Promise<void> {
  const probes = chosen.length > 0 ? chosen : defaultProbes();
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-memory-'));
  const configFile = join(folder, 'santabpf.yaml');
  const configure = (count: number) => {
    const path = JSON.stringify(join(root, 'config/probes'));
    writeFileSync(configFile, `probe_path: [${path}]\nprobes: [${probes.slice(0, count).join(', ')}]\n`);
  };
  const before = hostMemory();
  configure(1);
  const exporter = await ExporterProcess.start({ configFile });
  try {
    const known = new Map<string, MapMemory>();
    const rows: string[][] = [];
    for (const [index, probe] of probes.entries()) {
      if (index > 0) {
        configure(index + 1);
        exporter.process.kill('SIGHUP');
      }
      await isUp(exporter, probe);
      const added = mapsOf(exporter.process.pid!).filter(({ id }) => !known.has(id));
      for (const map of added) known.set(map.id, map);
      rows.push([probe, ...cells(added)]);
    }
    await exporter.get('/metrics');
    const after = hostMemory();
    rows.push(['together', ...cells([...known.values()])]);
    console.log(`${cpus} possible CPUs. Memory of maps, from fdinfo (memlock); before Linux 6.4 an estimate.\n`);
    printTable(['probe', 'maps', 'MB at load', 'MB when full'], rows);
    const growth = (part: keyof typeof after) => figure((after[part] - before[part]) / 1e6);
    console.log(`\nThe host, before and after: Percpu +${growth('percpu')} MB, VmallocUsed +${growth('vmalloc')} MB.`);
    console.log(`The process: ${figure(residentMemory(exporter.process.pid!) / 1e6)} MB resident.`);
  } finally {
    await exporter.stop();
    rmSync(folder, { recursive: true });
  }
}

function defaultProbes(): string[] {
  const { probes } = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8')) as { probes: string[] };
  return probes;
}

function cells(maps: readonly MapMemory[]): string[] {
  const sum = (part: (map: MapMemory) => number) => figure(maps.reduce((total, map) => total + part(map), 0) / 1e6);
  return [String(maps.length), sum(({ now }) => now), sum(({ full }) => full)];
}

/** @throws when the probe is not up within two minutes */
async function isUp(exporter: ExporterProcess, probe: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const { probes } = JSON.parse(await exporter.get('/probes')) as { probes: { name: string; state: string }[] };
    if (probes.some(({ name, state }) => name === probe && state === 'up')) return;
    await sleep(100);
  }
  throw new Error(`Probe ${probe} is not up`);
}

/** Each map once, although several descriptors may refer to it. */
function mapsOf(pid: number): MapMemory[] {
  const folder = `/proc/${pid}/fdinfo`;
  const maps = readdirSync(folder).flatMap((descriptor) => {
    const text = infoOf(join(folder, descriptor));
    const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\w+)`, 'm').exec(text)?.[1]);
    const id = /^map_id:\s*(\d+)/m.exec(text)?.[1];
    const now = field('memlock');
    // The link of an iterator over a map names the map too.
    if (id === undefined || Number.isNaN(now)) return [];
    const grown = mapBytes(
      {
        typeName: hashes[field('map_type')] ?? '',
        keySize: field('key_size'),
        valueSize: field('value_size'),
        maxEntries: field('max_entries'),
        flags: field('map_flags'),
      },
      cpus,
    );
    return [{ id, now, full: now + grown.full - grown.atLoad }];
  });
  return [...new Map(maps.map((map) => [map.id, map])).values()];
}

/** Empty if the descriptor was closed meanwhile. */
function infoOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Bytes: of per-CPU memory, and of virtually contiguous memory, which large maps have. */
function hostMemory() {
  const text = readFileSync('/proc/meminfo', 'latin1');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1]) * 1024;
  return { percpu: field('Percpu'), vmalloc: field('VmallocUsed') };
}

function residentMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
}
