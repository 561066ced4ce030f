/** One stack of one process. Addresses and frames: innermost first. */
export interface StackSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly pid: number /* host pid of the process, 0 = kernel thread */;
  readonly kernel: readonly bigint[];
  readonly user: readonly bigint[];
  readonly value: number /* samples (cpu) or nanoseconds (offcpu) */;
}
export interface Frame {
  readonly function: string /* demangled; '' = unknown, show module+offset */;
  readonly module: string /* file path, '[kernel]', '[jit]', '' */;
  readonly offset: number /* into the module */;
  readonly isKernel: boolean;
}
export interface ProfileStack {
  readonly labels: Readonly<Record<string, string>>;
  readonly frames: readonly Frame[];
  readonly value: number;
}
export type ProfileKind = 'cpu' | 'offcpu';
export interface Profile {
  readonly kind: ProfileKind;
  readonly from: number;
  readonly to: number /* Unix ms */;
  readonly periodNs: number /* ns per unit of value: 1e9/49 for cpu, 1 for offcpu */;
  readonly stacks: readonly ProfileStack[];
  readonly lost: number /* samples not recorded */;
  readonly missingMs: number /* part of [from,to] without a record */;
}
export interface ProfileSource {
  /** What was recorded in [from, to]. @throws SantaError if the recorder is off */
  recorded(kind: ProfileKind, from: number, to: number): Promise<Profile>;
  /** Collects for some seconds from now on. @throws SantaError if the profile probe is not running */
  collect(kind: ProfileKind, seconds: number, signal: AbortSignal): Promise<Profile>;
}
/** A running Python whose functions the BPF program can find. */
export interface Interpreter {
  readonly pid: number;
  readonly layout: Uint8Array /* the value of the map python_processes */;
}
export interface Symbolizer {
  /** Notes mappings of processes while they live. Cheap for known ones. Never rejects. */
  observe(pids: Iterable<number>): Promise<void>;
  /** Reads the names of the Python functions in stacks while their processes live; says which Pythons are running. Never rejects. */
  observePython(samples: readonly StackSample[]): Promise<readonly Interpreter[]>;
  /** Never rejects: what has no name keeps module and offset. */
  symbolize(samples: readonly StackSample[]): Promise<readonly ProfileStack[]>;
  close(): void;
}
