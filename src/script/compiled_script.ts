/** What compiling a script gives: an object, and the settings that a probe file would have for it. */

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
