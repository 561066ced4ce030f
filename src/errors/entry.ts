/** A kind of fault. `message` is what is wrong, without a final period; `remedy` is what to do. */
export interface Entry<P> {
  readonly message: (p: P) => string;
  readonly remedy: string | ((p: P) => string);
}

/** Declares an entry; the type of its parameters comes from `message`. */
export function entry<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy };
}
