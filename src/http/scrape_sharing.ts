import type { Format } from '../exposition/format.js';
import type { Exporter, Snapshot } from './exporter.js';
import { compressed, SharedBody } from './shared_body.js';

export type Encoding = 'identity' | 'gzip';

/**
 * Lets concurrent scrapes share reads of the kernel.
 *
 * A scrape that arrives during a read shares its result. A scrape that arrives later, during rendering, waits for the
 * next read; all scrapes that arrive meanwhile share it. Only scrapes of the same probes share a read. Each format of a read is rendered once and compressed once. A
 * client that stops reading or disconnects does not affect the others.
 */
export class ScrapeSharing {
  readonly #exporter: Pick<Exporter, 'scrape'>;
  #reading: { readonly wanted: string; readonly round: Round } | undefined;
  /** By the probes that they read. */
  readonly #waiting = new Map<string, Round>();
  #busy: Promise<void> = Promise.resolve();

  constructor(exporter: Pick<Exporter, 'scrape'>) {
    this.#exporter = exporter;
  }

  /**
   * The body in one format and encoding, once the kernel has been read. Rejects with the error of `Exporter.scrape`.
   * @param probes as of `Exporter.scrape`
   */
  scrape(format: Format, encoding: Encoding, probes?: ReadonlySet<string>): Promise<AsyncIterable<Buffer>> {
    const wanted = probes === undefined ? 'all' : `only ${[...probes].join()}`;
    const reading = this.#reading?.wanted === wanted ? this.#reading.round : undefined;
    const round = reading ?? this.#waiting.get(wanted) ?? this.#begin(wanted, probes);
    return round.join(format, encoding);
  }

  #begin(wanted: string, probes: ReadonlySet<string> | undefined): Round {
    const round = new Round(
      this.#busy.then(() => {
        this.#waiting.delete(wanted);
        this.#reading = { wanted, round };
        return this.#exporter.scrape(probes);
      }),
      () => {
        this.#reading = undefined;
      },
    );
    this.#waiting.set(wanted, round);
    this.#busy = round.done;
    return round;
  }
}

/** One read of the kernel and its renderings. */
class Round {
  readonly #wanted = new Map<Format, Set<Encoding>>();
  readonly #bodies: Promise<ReadonlyMap<string, SharedBody>>;
  /** Resolves when all renderings of the snapshot have ended; never rejects. */
  readonly done: Promise<void>;

  constructor(snapshot: Promise<Snapshot>, onRead: () => void) {
    this.#bodies = snapshot.finally(onRead).then((read) => this.#render(read));
    this.done = this.#bodies.then(
      async (bodies) => void (await Promise.all([...bodies.values()].map(({ produced }) => produced))),
      () => {},
    );
  }

  async join(format: Format, encoding: Encoding): Promise<AsyncIterable<Buffer>> {
    this.#wanted.set(format, (this.#wanted.get(format) ?? new Set()).add(encoding));
    return (await this.#bodies).get(`${format} ${encoding}`)!.read();
  }

  #render(snapshot: Snapshot): ReadonlyMap<string, SharedBody> {
    const bodies = new Map<string, SharedBody>();
    for (const [format, encodings] of this.#wanted) {
      let source = snapshot.render(format);
      if (encodings.has('identity')) {
        const body = new SharedBody(source);
        bodies.set(`${format} identity`, body);
        source = body.read();
      }
      if (encodings.has('gzip')) bodies.set(`${format} gzip`, new SharedBody(compressed(source)));
    }
    return bodies;
  }
}
