/** A scrape that has a place. */
export interface PlaceHolder {
  /** The network of its client. */
  readonly client: string;
  /** Whether it waits for its client to read: such a scrape costs no time. */
  isSlow(): boolean;
}

/**
 * The limit of concurrent scrapes. A slow client does not keep others out: its scrape loses its place, not its answer, when
 * another one needs it. A busy client does not either: a client without any scrape is always admitted. The limit of connections bounds those.
 */
export class ScrapePlaces {
  readonly #limit: number;
  readonly #holders = new Set<PlaceHolder>();

  /** @param limit 0: no limit */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place, which `leave` gives back. @returns whether there was one */
  take(scrape: PlaceHolder): boolean {
    if (this.#limit > 0 && this.#holders.size >= this.#limit && !this.#takeOver() && this.#has(scrape.client))
      return false;
    this.#holders.add(scrape);
    return true;
  }

  leave(scrape: PlaceHolder): void {
    this.#holders.delete(scrape);
  }

  #takeOver(): boolean {
    for (const holder of this.#holders) {
      if (holder.isSlow()) return this.#holders.delete(holder);
    }
    return false;
  }

  #has(client: string): boolean {
    for (const holder of this.#holders) if (holder.client === client) return true;
    return false;
  }
}
