import { join } from 'node:path';
import { budgetOf } from '../config/budget_schema.js';
import { readText } from '../config/file_text.js';
import { mainFile } from '../config/main_schema.js';
import { metricNameFaults, type NamedMetrics } from '../config/metric_names.js';
import { type PlainConfiguration, plainFaults, plainPlaces } from '../config/plain_configuration.js';
import type { ProbeSpec } from '../config/probe_schema.js';
import { SourceMap } from '../config/source_map.js';
import { parseTree } from '../config/yaml_tree.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import { checkForeignFile } from './checked_file.js';
import { kernelAddresses } from './kernel_addresses.js';
import type { HostFacts, ReadObject } from './object_facts.js';
import { isForeignOwn } from './own_names.js';
import { foreignPrefix, type TranslatedFile, translate } from './translate.js';

/** Which files of ebpf_exporter run: `FOLDER/NAME.yaml` with `FOLDER/NAME.bpf.o`. */
export interface ForeignSource {
  readonly folder: string;
  /** Not empty, unique. */
  readonly names: readonly string[];
}

type ReadFile = TranslatedFile & { readonly name: string };

/** ebpf_exporter waits for the end of every read. Prometheus itself gives up after 10 s by default. */
const longestReadMs = 10_000;

/** What is read besides the files. */
export interface ForeignSurroundings extends HostFacts {
  /** The mount point of procfs, for addresses of kernel symbols. */
  readonly proc: string;
  readonly readObject: ReadObject;
}

/**
 * Reads configuration files of ebpf_exporter. All other settings have their defaults.
 * @throws Faults with every fault of any of them
 */
export function readForeign({ folder, names }: ForeignSource, surroundings: ForeignSurroundings): PlainConfiguration {
  const defaults = mainFile.parse({ probes: names.map(() => 'defaults'), metric_prefix: foreignPrefix });
  const files = names.map((name) => readFile(folder, name, defaults.series_limit, surroundings));
  const faults = files.flatMap((file) => file.faults);
  faults.push(...metricNameFaults(foreignPrefix, files.map(namedMetrics)), ...files.flatMap(ownNameFaults));
  const probes = files.flatMap((file) => {
    const spec = withAddresses(file, surroundings.proc, faults);
    if (spec === undefined) return [];
    return [{ spec, folder: 0, places: plainPlaces(file.places), overrides: { probe: file.name }, index: undefined }];
  });
  if (faults.length > 0) throw new Faults(faults);
  const warnings = files.flatMap((file) => file.warnings);
  return {
    metricPrefix: foreignPrefix,
    seriesLimit: defaults.series_limit,
    budget: budgetOf(defaults.budget),
    recorder: undefined,
    identity: defaults.identity,
    probeDeadlineMs: longestReadMs,
    folders: [{ written: '.', probes: [...names] }],
    places: plainPlaces(files[0]!.places),
    kernel: undefined,
    probes,
    imitates: { prefix: foreignPrefix },
    ...(warnings.length > 0 && { warnings: plainFaults(new Faults(warnings)) }),
  };
}

function namedMetrics({ spec, places }: ReadFile): NamedMetrics {
  return { places, metrics: (spec?.metrics ?? []).map(({ name, type }, index) => ({ index, name, type })) };
}

function ownNameFaults({ spec, places }: ReadFile): SantaError[] {
  return (spec?.metrics ?? []).flatMap(({ name }, index) => {
    if (!isForeignOwn(name)) return [];
    const location = places.locate(['metrics', index, 'name']);
    return [fault('CONFIG_METRIC_RESERVED', { fullName: foreignPrefix + name }, { location })];
  });
}

function readFile(folder: string, name: string, limit: number, surroundings: ForeignSurroundings): ReadFile {
  const path = join(folder, `${name}.yaml`);
  const nothing = { name, spec: undefined, places: new SourceMap(path, ''), kaddrs: [], warnings: [] };
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    return { ...nothing, faults: [error] };
  }
  const tree = parseTree(path, text);
  if (tree.value === undefined) return { ...nothing, faults: tree.faults };
  const { file, faults, unknown } = checkForeignFile(tree);
  if (file === undefined) return { ...nothing, places: tree.places, faults: [...tree.faults, ...faults] };
  const object = surroundings.readObject(join(folder, `${name}.bpf.o`));
  const translated = translate(name, file, tree.places, limit, object, surroundings);
  return {
    name,
    ...translated,
    faults: [...tree.faults, ...translated.faults],
    warnings: [...unknown, ...translated.warnings],
  };
}

function withAddresses({ spec, kaddrs, places }: ReadFile, proc: string, faults: SantaError[]): ProbeSpec | undefined {
  if (spec === undefined || kaddrs.length === 0) return spec;
  const path = join(proc, 'kallsyms');
  let addresses: ReadonlyMap<string, bigint> = new Map();
  try {
    addresses = kernelAddresses(path, new Set(kaddrs));
  } catch {
    // Then no symbol has an address.
  }
  const constants = Object.create(null);
  for (const symbol of kaddrs) {
    const name = `kaddr_${symbol}`;
    const location = places.locate(['constants', name]);
    if (addresses.has(symbol)) constants[name] = addresses.get(symbol);
    else faults.push(fault('KERNEL_SYMBOL_UNKNOWN', { symbol, path }, { location }));
  }
  return { ...spec, constants };
}
