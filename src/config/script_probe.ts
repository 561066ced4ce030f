import { Faults, fault, type SantaError } from '../errors/fault.js';
import type { CompiledScript, CompileScript, ScriptMap, ScriptNotice } from './compiled_script.js';
import { scriptEvents } from './compiled_script.js';
import { issueFaults } from './issue_faults.js';
import { scriptInPlace } from './script_text.js';
import type { Path } from './source_map.js';
import { parseUnit, unitOf } from './units.js';
import type { Tree } from './yaml_tree.js';

type Mapping = Readonly<Record<string, unknown>>;

/** A probe file after its script was compiled. */
export interface ExpandedScript {
  /** The file as if the script were a program of the user's: with programs, maps and metrics. */
  readonly value: Mapping;
  /** The object in base64. Undefined if there are faults. */
  readonly object: string | undefined;
  readonly notices: readonly ScriptNotice[];
  readonly faults: readonly SantaError[];
}

/** Whether a probe file has a script. */
export function hasScript(value: unknown): value is Mapping & { readonly script: string } {
  return typeof value === 'object' && value !== null && typeof (value as { script?: unknown }).script === 'string';
}

/** Compiles the script of a probe file, and puts what that gives into the settings. */
export function expandScript(
  value: Mapping & { readonly script: string },
  tree: Tree,
  compile: CompileScript,
): ExpandedScript {
  const { places } = tree;
  const { script, events, ...rest } = value;
  const failed = (faults: readonly SantaError[]): ExpandedScript => ({ value, object: undefined, notices: [], faults });
  if (rest.object !== undefined) {
    const problem = '`object` and `script` cannot be combined';
    return failed([
      fault('CONFIG_VALUE', { problem, remedy: 'Remove one of the two.' }, { location: places.locateKey(['object']) }),
    ]);
  }
  const asked = scriptEvents.safeParse(events ?? {});
  if (!asked.success) {
    const issues = asked.error.issues.map((issue) => ({ ...issue, path: ['events', ...issue.path] }));
    return failed(issueFaults(issues, tree));
  }
  let compiled: CompiledScript;
  try {
    const probe = typeof rest.probe === 'string' ? rest.probe : 'script';
    compiled = compile({ file: places.file, text: scriptInPlace(script, places), probe, events: asked.data });
  } catch (error) {
    if (error instanceof Faults) return failed(error.faults);
    throw error;
  }
  if (rest.metrics === undefined && compiled.maps.every((map) => map.metrics.length === 0)) {
    const problem = 'The script has no metrics: no map of it holds a number';
    const remedy =
      'Count into a map, as in @[comm] = count(), or make a counter of what it prints: events: { NAME: { printf: 1, labels: { command: 1 } } }.';
    return failed([fault('SCRIPT_INVALID', { problem, remedy }, { location: places.locate(['script']) })]);
  }
  const { metrics, faults } = metricsOf(rest.metrics, compiled.maps, (path) => places.locate(path));
  return {
    value: {
      ...rest,
      script,
      ...merged('programs', compiled.programs, rest.programs),
      ...merged('maps', compiled.mapSettings, rest.maps),
      metrics,
    },
    object: Buffer.from(compiled.object).toString('base64'),
    notices: compiled.notices,
    faults,
  };
}

/** What the file says wins over what the compiler says. */
function merged(name: string, ofScript: Mapping | undefined, ofFile: unknown): Mapping {
  if (ofScript === undefined) return ofFile === undefined ? {} : { [name]: ofFile };
  return { [name]: typeof ofFile === 'object' && ofFile !== null ? { ...ofScript, ...ofFile } : ofScript };
}

/** The metrics that the file lists, with what the compiler knows of their maps; all that the compiler proposes if the file has none. */
function metricsOf(
  written: unknown,
  maps: readonly ScriptMap[],
  locate: (path: Path) => SantaError['location'],
): { metrics: unknown; faults: SantaError[] } {
  if (written === undefined) return { metrics: maps.flatMap(({ metrics }) => metrics), faults: [] };
  if (!Array.isArray(written)) return { metrics: written, faults: [] };
  const faults: SantaError[] = [];
  const metrics = written.map((metric: unknown, index) => {
    if (typeof metric !== 'object' || metric === null) return metric;
    const { labels, ...settings } = metric as Record<string, unknown>;
    const map = maps.find(({ name }) => name === settings.map);
    if (map === undefined) return metric;
    const proposal = map.metrics.find(({ type }) => type === settings.type) ?? {};
    const { name: _, help: __, labels: proposed, ...shape } = proposal as Record<string, unknown>;
    const named = labels === undefined ? proposed : Array.isArray(labels) ? labelsByOrder(labels, map) : labels;
    if (Array.isArray(labels) && labels.length > map.labels.length) {
      const parts = `${map.labels.length} ${map.labels.length === 1 ? 'part' : 'parts'}`;
      const problem = `metrics[${index}].labels names ${labels.length} labels, but the key of @${map.name} has ${parts}`;
      const remedy = 'Name the parts of the key in their order.';
      faults.push(fault('CONFIG_VALUE', { problem, remedy }, { location: locate(['metrics', index, 'labels']) }));
    }
    const buckets = map.bounds !== undefined &&
      'unit' in settings && { buckets: { bounds: converted(map.bounds, settings.unit) } };
    return { ...shape, ...buckets, ...settings, ...(named !== undefined && { labels: named }) };
  });
  return { metrics, faults };
}

/** The bounds of a script's histogram in the exported unit. */
function converted(bounds: readonly number[], unit: unknown): readonly number[] {
  const { times, per } = parseUnit(String(unit)) ?? unitOf(undefined);
  return bounds.map((bound) => (bound * times) / per);
}

function labelsByOrder(names: readonly unknown[], { labels }: ScriptMap): Record<string, unknown> {
  const known = names.slice(0, labels.length);
  return Object.fromEntries(known.map((name, index) => [String(name), labels[index]!.settings]));
}
