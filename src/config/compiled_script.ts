/** What compiling a script gives: an object, and the settings that a probe file would have for it. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe } from './sentences.js';
import { labelNameText, named } from './value_schema.js';

/** A remark that does not stop the script: what only prints was left out, and so on. */
export interface ScriptNotice {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface ScriptMap {
  /** The name of the BPF map; `@` alone has the name `script`. */
  readonly name: string;
  /** Its parts in the order of the key, with a name for a label and the settings of the label as in a probe file. */
  readonly labels: readonly { readonly name: string; readonly settings: Readonly<Record<string, unknown>> }[];
  /** How it is exported unless the probe file says so, as entries of `metrics` of a probe file. Several for `stats`. Empty: no metric. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** Of a histogram: the bound of each slot but the last, in the script's unit. With a `unit` they are to be converted for `buckets`. */
  readonly bounds?: readonly number[];
}

export interface CompiledScript {
  /** An ELF object with BTF. It fits the kernel whose types it was compiled with. */
  readonly object: Uint8Array;
  /** `programs` of a probe file: alternatives, attach, iterators. */
  readonly programs: Readonly<Record<string, unknown>> | undefined;
  /** `maps` of a probe file. */
  readonly mapSettings: Readonly<Record<string, unknown>> | undefined;
  readonly maps: readonly ScriptMap[];
  readonly notices: readonly ScriptNotice[];
}

/** A script as a probe file has it. */
export interface WrittenScript {
  /** For faults. */
  readonly file: string;
  /** Lines and columns are those of the file: what is not of the script is blank. */
  readonly text: string;
  readonly probe: string;
  readonly events: ScriptEvents;
}

/** Compiles for the running kernel. @throws Faults with everything that is wrong, at its place */
export type CompileScript = (script: WrittenScript) => CompiledScript;

const event = 'a mapping such as { printf: 1, labels: { command: 1, file: 2 } }';

/** `events` of a probe file with a script: counters of what a printf would print. */
export const scriptEvents = z.record(
  named(/^[A-Za-z_]\w{0,30}$/, 'a name (letters, digits and "_", no digit first, at most 31)'),
  mapping(
    {
      /** The number of the printf in the script. */
      printf: z.int({ error: mustBe('the number of a printf in the script, from 1') }).min(1),
      /** By label: the number of an argument, from 1. */
      labels: z.record(labelNameText, z.int({ error: mustBe('the number of an argument, from 1') }).min(1)).default({}),
    },
    event,
  ),
  { error: mustBe('a mapping of names to printfs') },
);

export type ScriptEvents = z.output<typeof scriptEvents>;

/** A probe has a script, and nobody handed in a compiler. Few configurations have one, and loading it takes time. */
export class CompilerNeeded extends Error {
  constructor() {
    super('A script needs a compiler');
  }
}

export const needCompiler: CompileScript = () => {
  throw new CompilerNeeded();
};
