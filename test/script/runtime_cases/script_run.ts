/** Runs a captured script on this kernel, and writes what bpftrace would print. */
import { setTimeout as sleep } from 'node:timers/promises';
import { programs as programsSchema } from '../../../src/config/programs_schema.js';
import type { BpfObject } from '../../../src/kernel/addon.js';
import { attach } from '../../../src/kernel/attach/attachers.js';
import { hookOf } from '../../../src/kernel/attach/kinds.js';
import { isIterator } from '../../../src/kernel/program_section.js';
import type { ScriptMapUse } from '../../../src/script/check/map_table.js';
import { compileScript } from '../../../src/script/compile_script.js';
import { mapName } from '../../../src/script/generate/map_names.js';
import { assemble } from '../../../src/script/object/assemble.js';
import type { KernelTypes } from '../../../src/script/resolve/kernel_types.js';
import { addon } from '../../harness/native_addon.js';
import { type CapturedScript, endsAsBeginnings, exitMap, type PrintSite } from './capture.js';
import { entriesOf, mapText } from './map_text.js';
import { printfText } from './printf_text.js';
import { enumerationsOf, readValue, type Shown, shownText } from './shown_value.js';

export interface RunRequest {
  readonly captured: CapturedScript;
  readonly text: string;
  readonly kernel: KernelTypes;
  /** Does what the script observes, once it is attached. Its process ends at the latest when this resolves. */
  readonly cause: () => Promise<void>;
  /** The script runs until exit(), or so long after `cause` began, or so long after it ended. */
  readonly longestMs: number;
  readonly graceMs: number;
}

/**
 * The output, maps included.
 * @throws Faults of the compiler, NativeError of the kernel
 */
export async function runScript({ captured, text, kernel, cause, longestMs, graceMs }: RunRequest): Promise<string> {
  const tree = endsAsBeginnings(captured.script);
  const { object: code, script, uses } = compileScript(tree, { file: 'case.bt', text, probe: 'case', kernel });
  const object = new addon.BpfObject(assemble(code), { name: 'script' });
  try {
    const single = captured.script.probes.flatMap(({ points }) =>
      points
        .map(({ provider }) => provider.toLowerCase())
        .filter((provider) => provider === 'begin' || provider === 'end'),
    );
    const { attach: settings } = programsSchema.parse(script.programs ?? {});
    const hooks = new Map(
      object.programs().map(({ name, section }) => [name, hookOf(name, section, settings[name])] as const),
    );
    for (const [name, hook] of hooks)
      if (hook?.kind.numbers !== undefined)
        object.setProgramType(name, hook.kind.numbers.type, hook.kind.numbers.attachType, false);
    await object.load();
    const names = code.functions.filter(({ section }) => section === 'syscall').map(({ name }) => name);
    const run = async (provider: string) => {
      for (const [index, name] of names.entries()) if (single[index] === provider) await object.attach(name).iterate();
    };
    let attached = names.length;
    await run('begin');
    const isOfUsers = (section: string) => /^u(?:ret)?probe/.test(section);
    const programs = object.programs();
    // As src/kernel/attachment.ts attaches them.
    const inOrder = [
      ...programs.filter(({ section }) => !isOfUsers(section)),
      ...programs.filter(({ section }) => isOfUsers(section)).reverse(),
    ];
    for (const { name, section } of inOrder) {
      if (section === 'syscall') continue;
      const links = attach(object, hooks.get(name)!);
      if (isIterator(section)) for (const link of links) await link.iterate();
      attached++;
    }
    const hasExited = () => (object.map(exitMap).lookup(new Uint8Array(4))?.[0] ?? 0) !== 0;
    const exits = uses.some(({ name }) => name === exitMap);
    if (attached > names.length) {
      let end = Date.now() + longestMs;
      void cause().then(() => (end = Math.min(end, Date.now() + graceMs)));
      while (Date.now() < end && !(exits && hasExited())) await sleep(20);
    }
    await run('end');
    return `Attached ${attached} probe${attached === 1 ? '' : 's'}\n${await output(object, captured, uses)}`;
  } finally {
    object.close();
  }
}

async function output(object: BpfObject, captured: CapturedScript, uses: readonly ScriptMapUse[]): Promise<string> {
  const names = new Set(
    uses.flatMap(({ key = [], value }) =>
      [...key.map(({ type }) => type), ...(value ? [value] : [])].flatMap(enumerationsOf),
    ),
  );
  const enumerations = new Map<string, ReadonlyMap<bigint, string>>();
  for (const name of names) {
    const found = await addon.kernelEnum(name);
    enumerations.set(name, new Map((found ?? []).map(([enumerator, number]) => [BigInt(number), enumerator])));
  }
  const useOf = (name: string) => uses.find((use) => use.name === name)!;
  // A map is read once: the next snapshot has only what is new.
  const texts = new Map<string, Promise<string>>();
  const whole = (name: string): Promise<string> => {
    const text = texts.get(name) ?? mapText(object.map(mapName(name)), useOf(name), enumerations);
    texts.set(name, text);
    return text;
  };
  const valuesOf = async (name: string): Promise<Map<bigint, Shown>> => {
    const use = useOf(name);
    const entries = await entriesOf(object.map(name), use, enumerations);
    return new Map(
      entries.map(({ key: [event], bytes }) => [
        event?.kind === 'number' ? event.value : 0n,
        readValue(use.value!, bytes, enumerations),
      ]),
    );
  };
  const events: { readonly number: bigint; readonly text: string }[] = [];
  for (const site of captured.sites) {
    for (const [number, value] of await valuesOf(site.events)) {
      const given = value.kind === 'tuple' ? value.elements : [];
      events.push({ number, text: site.kind === 'map' ? await whole(site.map!) : printed(site, given) });
    }
  }
  events.sort((a, b) => (a.number < b.number ? -1 : 1));
  const maps = await Promise.all(captured.maps.filter((name) => useOf(name) !== undefined).map(whole));
  return `${events.map(({ text }) => text).join('')}\n\n${maps.join('\n')}`;
}

function printed({ kind, format, map }: PrintSite, values: readonly Shown[]): string {
  if (kind === 'printf') return printfText(format, values);
  const text = shownText(values[0]!);
  return map === undefined ? `${text}\n` : `@${map}: ${text}\n`;
}
