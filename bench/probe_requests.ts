import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../src/config/load.js';
import { parseBtf } from '../src/decode/btf/parser.js';
import { inspectHost } from '../src/kernel/host.js';
import type { KernelContext } from '../src/kernel/kernel_context.js';
import { KernelProbe } from '../src/kernel/kernel_probe.js';
import { loadAddon } from '../src/kernel/load_addon.js';
import type { HandlerRequest, LoadRequest } from '../src/kernel/load_request.js';
import { openObject } from '../src/kernel/object_file.js';
import { SharedHook } from '../src/kernel/shared_hook.js';
import { handlerRequests } from '../src/probes/handler_requests.js';
import { attachRequests } from '../src/probes/hook_checks.js';
import { benchObject } from './compiled.js';
import { root } from './root.js';

/** Nanoseconds that the kernel's run statistics themselves add to each run. */
export const statisticsNs = 49;

export const addon = loadAddon(join(root, 'build/Release/santabpf.node'));
const ofKernel: KernelContext = {
  addon,
  host: inspectHost({ proc: '/proc', sys: '/sys' }),
  btfPath: undefined,
  onLog: () => {},
};
/** Calls the handlers of all probes, as in the exporter. */
export const sharedHooks = SharedHook.all(ofKernel);
const context: KernelContext = { ...ofKernel, handlerCallers: sharedHooks };

/** Loads and attaches the programs of a request. The caller closes the probe. */
export async function attachProbe(request: LoadRequest): Promise<KernelProbe> {
  const probe = await KernelProbe.load(context, request, openObject(context, request.object));
  try {
    await probe.attach();
    return probe;
  } catch (error) {
    probe.close();
    throw error;
  }
}

/** A request for an object without any settings. */
export function plainRequest(probe: string, object: string): LoadRequest {
  return { probe, object, alternatives: [], iterators: [], maxEntries: {}, constants: [] };
}

/** A shipped probe with its own settings. @param folder for a configuration file */
export function shippedRequest(probe: string, folder: string): LoadRequest {
  const file = join(folder, 'santabpf.yaml');
  writeFileSync(file, JSON.stringify({ probes: [probe], probe_path: [join(root, 'config/probes')] }));
  const { probes } = loadConfiguration(file, { objectFolder: join(root, 'dist/bpf') });
  const { spec } = probes[0]!;
  const path = join(root, `dist/bpf/${probe}.bpf.o`);
  return {
    ...plainRequest(probe, path),
    ...spec.programs,
    attach: attachRequests(spec.programs),
    handlers: handlersOf(path),
  };
}

function handlersOf(path: string): HandlerRequest[] {
  const object = new addon.BpfObject(path);
  try {
    return handlerRequests(parseBtf(object.btf()!), object, path);
  } finally {
    object.close();
  }
}

/** Empty programs on the hooks that the programs of another request use on this machine. */
export async function emptyRequest(request: LoadRequest): Promise<LoadRequest> {
  const probe = await attachProbe(request);
  const sections = probe.programs().map(({ section }) => section);
  probe.close();
  return emptyPrograms(sections);
}

/** Empty programs on some hooks. @throws when bench/bpf/empty.bpf.c has none for one of them */
export function emptyPrograms(sections: readonly string[]): LoadRequest {
  const path = benchObject('empty');
  const object = new addon.BpfObject(path);
  const programs = object.programs();
  object.close();
  const missing = sections.find((section) => !programs.some((program) => program.section === section));
  if (missing !== undefined) throw new Error(`bench/bpf/empty.bpf.c has no program for ${missing}`);
  const [first, ...rest] = programs.filter(({ section }) => sections.includes(section)).map(({ name }) => name);
  const unused = programs.map(({ name }) => name).filter((name) => name !== first && !rest.includes(name));
  // Only the first of a list of alternatives is loaded, so the unused programs are not.
  return { ...plainRequest('empty', path), alternatives: [[first!, ...unused]] };
}
