import { type Helper, Refusal } from './helper.js';

/** An executable part of a process's memory. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Offset in the file of what lies at `start`. */
  readonly fileOffset: number;
  /** START-END as the helper wants it. */
  readonly range: string;
  /** As in /proc/PID/maps, without ` (deleted)`; '' or in brackets if it is no file. */
  readonly path: string;
  /** Path as the helper wants it. */
  readonly rawPath: string;
  /** Which file; undefined if it is none or cannot be reached. */
  readonly identity: string | undefined;
}

export interface ObservedProcess {
  readonly pid: number;
  readonly startTime: string;
  /** Changes with every exec. */
  readonly stamp: string;
  readonly user: number;
  /** The same for processes that see the same files: mount namespace and root. */
  readonly view: string;
  /** Identity of its perf map; undefined without one that counts. */
  perfMap: string | undefined;
  /** By their starts. */
  readonly mappings: readonly Mapping[];
  /** When the process, and when its mappings were read last: milliseconds of the clock. */
  checkedAt: number;
  readonly mappedAt: number;
  hasEnded: boolean;
}

/** A look costs the helper about 0.1 ms. */
const freshMs = 10_000;
/** Addresses of no mapping are common where stacks have gaps. */
const leastRefreshMs = 5000;
/** Libraries may be loaded at any time: after this the mappings are read again. */
const mappingsMs = 60_000;
const limitMs = 3000;
const keptBadMs = 600_000;
const mostProcesses = 4096;
/** Of all processes together: about 20 MB. */
const mostMappings = 100_000;
const mostPerCall = 2048;

/** What was seen of processes while they lived, bounded: those that were not asked for longest are forgotten. */
export class Processes {
  private readonly known = new Map<number, ObservedProcess>();
  private readonly reading = new Map<number, Promise<void>>();
  /** Processes whose files the helper could not even look at, and until when they are left alone. */
  private readonly bad = new Map<number, number>();
  private mappings = 0;

  constructor(
    private readonly helper: Pick<Helper, 'ask'>,
    private readonly now: () => number,
    /** Called when a process was looked at. */
    private readonly onObserved: (process: ObservedProcess, hasNewMappings: boolean) => void,
  ) {}

  get size(): number {
    return this.known.size;
  }

  get(pid: number): ObservedProcess | undefined {
    return this.known.get(pid);
  }

  /** Reads what is not known of processes or not fresh. Never rejects. */
  async observe(pids: Iterable<number>): Promise<void> {
    const wanted = [...new Set(pids)].filter((pid) => pid > 0 && !this.isFresh(pid)).slice(0, mostPerCall);
    await Promise.all(wanted.map((pid) => this.read(pid, false)));
  }

  /** Reads the mappings of a process again, unless that was just done. Never rejects. */
  async refresh(pid: number): Promise<void> {
    const process = this.known.get(pid);
    if (process === undefined || process.hasEnded || this.now() - process.mappedAt < leastRefreshMs) return;
    await this.read(pid, true);
  }

  /** Looks whether a process has ended or changed, with its perf map. Never rejects. */
  async check(pid: number): Promise<void> {
    if (this.known.get(pid)?.hasEnded === false) await this.read(pid, false);
  }

  private isFresh(pid: number): boolean {
    if ((this.bad.get(pid) ?? 0) > this.now()) return true;
    const process = this.known.get(pid);
    if (process === undefined) return false;
    this.known.delete(pid);
    this.known.set(pid, process);
    return this.now() - process.checkedAt < freshMs;
  }

  private read(pid: number, isForced: boolean): Promise<void> {
    let reading = this.reading.get(pid);
    if (reading === undefined) {
      reading = this.readNow(pid, isForced).finally(() => this.reading.delete(pid));
      this.reading.set(pid, reading);
    }
    return reading;
  }

  private async readNow(pid: number, isForced: boolean): Promise<void> {
    const before = this.known.get(pid);
    const now = this.now();
    const isKnown = before !== undefined && !isForced && now - before.mappedAt < mappingsMs;
    try {
      const { payload } = await this.helper.ask(`process ${pid} ${isKnown ? before.stamp : '-'}`, limitMs);
      const process = parseProcess(pid, Buffer.from(payload).toString('utf8'), now);
      if (process === undefined) return;
      if (isKnown && process.stamp === before.stamp) {
        before.perfMap = process.perfMap;
        before.checkedAt = now;
        this.onObserved(before, false);
        return;
      }
      // The mappings cannot be read of a process that is ending.
      if (process.mappings.length === 0 && before?.startTime === process.startTime) {
        before.checkedAt = now;
        return;
      }
      this.keep(process);
      this.onObserved(process, true);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        if (this.bad.size >= mostProcesses) this.bad.clear();
        this.bad.set(pid, now + keptBadMs);
      } else if (before !== undefined) {
        before.hasEnded = true;
        before.checkedAt = now;
      }
    }
  }

  private keep(process: ObservedProcess): void {
    this.forget(process.pid);
    this.known.set(process.pid, process);
    this.mappings += process.mappings.length;
    while (this.known.size > mostProcesses || (this.mappings > mostMappings && this.known.size > 1)) {
      this.forget(this.known.keys().next().value!);
    }
  }

  private forget(pid: number): void {
    this.mappings -= this.known.get(pid)?.mappings.length ?? 0;
    this.known.delete(pid);
  }
}

/** The mapping that an address lies in. */
export function mappingOf({ mappings }: ObservedProcess, address: number): Mapping | undefined {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (mappings[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  const mapping = mappings[low - 1];
  return mapping !== undefined && address < mapping.end ? mapping : undefined;
}

/** Parses what native/symbols/process.h describes. Undefined if the text is something else. */
export function parseProcess(pid: number, text: string, now: number): ObservedProcess | undefined {
  const [first, ...lines] = text.split('\n');
  const [startTime, stamp, user, view, perfMap] = first!.split(' ');
  if (startTime === undefined || stamp === undefined || perfMap === undefined) return undefined;
  return {
    pid,
    startTime,
    stamp,
    user: Number(user),
    view: view!,
    perfMap: perfMap === '-' ? undefined : perfMap,
    mappings: lines.map(parseMapping).filter((mapping) => mapping !== undefined),
    checkedAt: now,
    mappedAt: now,
    hasEnded: false,
  };
}

function parseMapping(line: string): Mapping | undefined {
  const parts = /^(\S+) ([0-9a-f]+)-([0-9a-f]+) ([0-9a-f]+) (.*)$/.exec(line);
  if (parts === null) return undefined;
  const [, identity, start, end, offset, rawPath] = parts as unknown as string[];
  const mapping = {
    start: Number.parseInt(start!, 16),
    end: Number.parseInt(end!, 16),
    fileOffset: Number.parseInt(offset!, 16),
    range: `${start}-${end}`,
    path: rawPath!.replace(/ \(deleted\)$/, ''),
    rawPath: rawPath!,
    identity: identity === '-' ? undefined : identity,
  };
  return mapping.end <= Number.MAX_SAFE_INTEGER ? mapping : undefined;
}
