import type { PlainFault } from '../config/plain_configuration.js';
import type { ForeignSource } from '../ebpf_exporter/read.js';
import type { CacheKey } from './configuration_cache.js';
import { readingMegabytes } from './engine_flags.mjs';

/** What a reading process reads. */
export type ReadingTask =
  | {
      readonly kind: 'configuration';
      readonly file: string;
      readonly switches: CacheKey['switches'];
      readonly script?: string | undefined;
      /** File with the kernel's BTF, for scripts. */
      readonly btf?: string | undefined;
      /** Where to keep the configuration for later starts. */
      readonly keep?: { readonly folder: string; readonly build: string };
    }
  | {
      readonly kind: 'files of ebpf_exporter';
      /** Stands for the main file. */
      readonly file: string;
      readonly source: ForeignSource & { readonly proc: string };
    }
  | { readonly kind: 'web configuration'; readonly file: string }
  /** Answered with the `ProbeMetrics` of one probe: a name, or the path of a probe file or of a script. */
  | {
      readonly kind: 'probe metrics';
      readonly file: string;
      readonly probe: string;
      readonly btf?: string | undefined;
    }
  /** Answered with a `ScriptExplanation`. */
  | { readonly kind: 'script'; readonly file: string; readonly btf?: string | undefined };

/** A script that was compiled by itself. */
export interface ScriptExplanation {
  readonly text: string;
  readonly object: Uint8Array;
}

/** The message of a reading process, its last act. */
export type ReadingAnswer<Value = unknown> =
  | { readonly value: Value }
  | { readonly faults: readonly PlainFault[] }
  /** The stack trace of an unexpected error. */
  | { readonly defect: string };

/** A reading process that takes more is killed. */
export interface ReadingLimits {
  /** CPU time. Unlike time, it does not depend on the load of the host. */
  readonly cpuSeconds: number;
  /** Time, for a file system that does not answer. */
  readonly seconds: number;
  /** The heap of the parsers. */
  readonly megabytes: number;
}

/** Thirty times what the largest plausible configuration takes. */
export const readingLimits: ReadingLimits = { cpuSeconds: 10, seconds: 60, megabytes: readingMegabytes };

/** For a command: a person waits for it, and can interrupt it. An emulated machine takes that long. */
export const patientLimits: ReadingLimits = { ...readingLimits, cpuSeconds: 60, seconds: 300 };
