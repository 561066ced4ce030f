/** A kind of fault. `message` is what is wrong, without a final period; `remedy` is what to do. */
export interface Entry<P> {
  readonly message: (p: P) => string;
  readonly remedy: string | ((p: P) => string);
  /** Whether a probe that meets it is unsupported on this host, and not down. */
  readonly isUnsupported?: true;
}

/** Declares an entry; the type of its parameters comes from `message`. */
export function entry<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy };
}

/** Declares an entry that says what this host does not offer: a probe that meets it is unsupported, and not down. */
export function unsupported<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy, isUnsupported: true };
}
