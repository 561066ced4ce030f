/** One kind of fault: the sentence that says what is wrong, and the one that says what to do. */
export interface Entry<P> {
  readonly message: (p: P) => string;
  readonly remedy: string | ((p: P) => string);
}

/** Declares an entry; the type of its parameters comes from `message`. */
export function entry<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy };
}
