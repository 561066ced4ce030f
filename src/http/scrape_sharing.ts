import { compressed } from './compression.js';
import type { Exporter, PageFormat, Snapshot } from './exporter.js';
import { type BodyReader, type KeptBytes, SharedBody } from './shared_body.js';

export type Encoding = 'identity' | 'gzip';

/** A place among the readers of a body. Whoever has it must call `reader.leave()` or read to the end. */
export interface SharedScrape {
  readonly reader: BodyReader;
  /** Resolves once the kernel has been read. Rejects with the error of `Exporter.scrape`. */
  readonly ready: Promise<void>;
  /** Whether no later read has been rendered. */
  isNewest(): boolean;
}

/**
 * Lets concurrent scrapes share reads of the kernel.
 *
 * A scrape that arrives during a read shares its result. A scrape that arrives later, during rendering, waits for the
 * next read; all scrapes that arrive meanwhile share it. Only scrapes of the same probes with the same deadline share a read:
 * no client shortens the deadline of another. Each format of a read is
 * rendered once and compressed once. A client that stops reading or disconnects does not affect the others.
 */
export class ScrapeSharing {
  readonly #exporter: Pick<Exporter, 'scrape' | 'gzip'>;
  readonly #kept: KeptBytes;
  #reading: { readonly wanted: string; readonly round: Round } | undefined;
  #newest: Round | undefined;
  /** By the probes that they read, and the deadline. */
  readonly #waiting = new Map<string, Round>();
  #busy: Promise<void> = Promise.resolve();

  constructor(exporter: Pick<Exporter, 'scrape' | 'gzip'>, kept: KeptBytes) {
    this.#exporter = exporter;
    this.#kept = kept;
  }

  /**
   * The body in one format and encoding.
   * @param probes as of `Exporter.scrape`
   * @param deadlineMs as of `Exporter.scrape`
   */
  scrape(format: PageFormat, encoding: Encoding, probes?: ReadonlySet<string>, deadlineMs?: number): SharedScrape {
    const wanted = `${probes === undefined ? 'all' : `only ${[...probes].join()}`} in ${deadlineMs}`;
    const reading = this.#reading?.wanted === wanted ? this.#reading.round : undefined;
    const round = reading ?? this.#waiting.get(wanted) ?? this.#begin(wanted, probes, deadlineMs);
    return { reader: round.join(format, encoding), ready: round.ready, isNewest: () => this.#newest === round };
  }

  #begin(wanted: string, ...read: Parameters<Exporter['scrape']>): Round {
    const round = new Round(
      this.#busy.then(() => {
        this.#waiting.delete(wanted);
        this.#reading = { wanted, round };
        return this.#exporter.scrape(...read);
      }),
      () => {
        this.#reading = undefined;
        this.#newest = round;
      },
      this.#exporter,
      this.#kept,
    );
    this.#waiting.set(wanted, round);
    this.#busy = round.done;
    return round;
  }
}

/** One read of the kernel and its renderings. */
class Round {
  readonly #kept: KeptBytes;
  readonly #bodies = new Map<PageFormat, Map<Encoding, SharedBody>>();
  /** Resolves when the kernel has been read. */
  readonly ready: Promise<void>;
  /** Resolves when all renderings of the snapshot have ended; never rejects. */
  readonly done: Promise<void>;

  constructor(snapshot: Promise<Snapshot>, onRead: () => void, exporter: Pick<Exporter, 'gzip'>, kept: KeptBytes) {
    this.#kept = kept;
    const renderings = snapshot
      .finally(onRead)
      .then((read) => [...this.#bodies].flatMap((one) => render(read, exporter, ...one)));
    this.ready = renderings.then(() => {});
    // A scrape that was given up does not wait for it.
    this.ready.catch(() => {});
    this.done = renderings.then(
      async (productions) => void (await Promise.all(productions)),
      () => {},
    );
  }

  /** Joins the readers of a body. Call it before the kernel has been read. */
  join(format: PageFormat, encoding: Encoding): BodyReader {
    const encodings = this.#bodies.get(format) ?? new Map<Encoding, SharedBody>();
    this.#bodies.set(format, encodings);
    const body = encodings.get(encoding) ?? new SharedBody(this.#kept);
    encodings.set(encoding, body);
    return body.join();
  }
}

/** Renders one format for all its bodies. @returns the ends of their productions */
function render(
  snapshot: Snapshot,
  exporter: Pick<Exporter, 'gzip'>,
  format: PageFormat,
  bodies: ReadonlyMap<Encoding, SharedBody>,
): Promise<void>[] {
  const [plain, gzip] = [bodies.get('identity'), bodies.get('gzip')];
  // Readers join before the producer begins.
  const toCompress = gzip === undefined ? undefined : plain?.join().read();
  const source = snapshot.render(format);
  if (plain === undefined) return [gzip!.produce(compressed(source, exporter.gzip()))];
  const produced = plain.produce(source);
  return toCompress === undefined ? [produced] : [produced, gzip!.produce(compressed(toCompress, exporter.gzip()))];
}
