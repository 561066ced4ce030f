import type { Format } from '../exposition/format.js';
import type { Exporter, Snapshot } from './exporter.js';
import { compressed, SharedBody } from './shared_body.js';

export type Encoding = 'identity' | 'gzip';

/**
 * Lets scrapes share reads of the kernel.
 *
 * A scrape that arrives while the kernel is being read joins that read. One that arrives later, while its result is
 * still being rendered, waits for the next read, which all that arrive meanwhile share. Each format of a read is
 * rendered once and compressed once. A reader that stops reading, or leaves, changes nothing for the others.
 */
export class ScrapeSharing {
  readonly #exporter: Pick<Exporter, 'scrape'>;
  #reading: Round | undefined;
  #waiting: Round | undefined;
  #busy: Promise<void> = Promise.resolve();

  constructor(exporter: Pick<Exporter, 'scrape'>) {
    this.#exporter = exporter;
  }

  /** Resolves when the kernel has been read; rejects with what `Exporter.scrape` rejected with. */
  scrape(format: Format, encoding: Encoding): Promise<AsyncIterable<Buffer>> {
    const round = this.#reading ?? this.#waiting ?? this.#begin();
    return round.join(format, encoding);
  }

  #begin(): Round {
    const round = new Round(
      this.#busy.then(() => {
        this.#waiting = undefined;
        this.#reading = round;
        return this.#exporter.scrape();
      }),
      () => {
        this.#reading = undefined;
      },
    );
    this.#waiting = round;
    this.#busy = round.done;
    return round;
  }
}

/** One read of the kernel and what is made of it. */
class Round {
  readonly #wanted = new Map<Format, Set<Encoding>>();
  readonly #bodies: Promise<ReadonlyMap<string, SharedBody>>;
  /** Settles when the snapshot is not used any more; never rejects. */
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
