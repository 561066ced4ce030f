/**
 * The error catalogue: every fault a user can meet, with a stable code, one sentence that names the thing and what was
 * expected and received, and what to do about it. docs/errors.md lists the same codes; a test keeps the two equal.
 */

/** A place in a text file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line, so that a caret can be drawn under the column. */
  readonly excerpt?: string;
}

interface Entry<P> {
  readonly message: (p: P) => string;
  readonly remedy: string | ((p: P) => string);
}

function entry<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy };
}

export const catalogue = {
  // config
  CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) => `Expected a readable configuration file at "${p.path}" but received ${p.reason}`,
    'Check the path given with --config.file and the permissions of the file.',
  ),
  // kernel
  // maps and decode
  // metrics
  // http
} as const;

export type ErrorCode = keyof typeof catalogue;
type Parameters_<C extends ErrorCode> = (typeof catalogue)[C] extends Entry<infer P> ? P : never;

/** One fault of the catalogue. `message` is the sentence, `remedy` what to do. */
export class SantaError extends Error {
  override readonly name = 'SantaError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    readonly location: Location | undefined,
    cause: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Several faults found in one go, e.g. all those of a configuration. Never empty. */
export class Faults extends Error {
  override readonly name = 'Faults';
  constructor(readonly faults: readonly SantaError[]) {
    super(faults.map(describeFault).join('\n\n'));
  }
}

/**
 * Makes an error of the catalogue.
 * @param code which one
 * @param parameters what its sentence quotes
 * @param origin where in a file it arose, and the error that caused it
 */
export function fault<C extends ErrorCode>(
  code: C,
  parameters: Parameters_<C>,
  origin: { location?: Location | undefined; cause?: unknown } = {},
): SantaError {
  const { message, remedy } = catalogue[code] as unknown as Entry<Parameters_<C>>;
  return new SantaError(
    code,
    message(parameters),
    typeof remedy === 'string' ? remedy : remedy(parameters),
    origin.location,
    origin.cause,
  );
}

/** The text shown to a person: `file:line:column: message [CODE]`, the source line with a caret, the remedy. */
export function describeFault(error: SantaError): string {
  const { location } = error;
  const lines = [`${location ? `${location.file}:${location.line}:${location.column}: ` : ''}${error.message} [${error.code}]`];
  if (location?.excerpt !== undefined) {
    lines.push(`  ${location.excerpt}`, `  ${' '.repeat(Math.max(0, location.column - 1))}^`);
  }
  lines.push(`  ${error.remedy}`);
  return lines.join('\n');
}
