import { catalogue, type ErrorCode, type FaultParameters, type Scope, scopeOf } from './catalogue.js';
import type { Entry } from './entry.js';
import { excerptLines, type Location } from './location.js';

/** A fault of the catalogue: `message` is what is wrong, `remedy` what to do. */
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

  get scope(): Scope {
    return scopeOf(this.code);
  }

  /** Whether this host does not offer what the probe needs; otherwise something failed that should work. */
  get isUnsupported(): boolean {
    const entry: Entry<never> = catalogue[this.code];
    return entry.isUnsupported === true;
  }
}

/** Several faults found together, such as all faults of a configuration. Never empty. */
export class Faults extends Error {
  override readonly name = 'Faults';
  constructor(readonly faults: readonly SantaError[]) {
    super(faults.map(describeFault).join('\n\n'));
  }
}

/**
 * Makes an error of the catalogue.
 * @param parameters the names and values in its sentence
 * @param origin its place in a file, and the error that caused it
 */
export function fault<C extends ErrorCode>(
  code: C,
  parameters: FaultParameters<C>,
  origin: { location?: Location | undefined; cause?: unknown } = {},
): SantaError {
  const { message, remedy } = catalogue[code] as unknown as Entry<FaultParameters<C>>;
  return new SantaError(
    code,
    message(parameters),
    typeof remedy === 'string' ? remedy : remedy(parameters),
    origin.location,
    origin.cause,
  );
}

/** The text for a terminal: `file:line:column: message [CODE]`, the source line with a caret, the remedy. */
export function describeFault(error: SantaError): string {
  const { location } = error;
  const place = location ? `${location.file}:${location.line}:${location.column}: ` : '';
  const lines = [`${place}${error.message} [${error.code}]`];
  if (location !== undefined) lines.push(...excerptLines(location).map((line) => `  ${line}`));
  lines.push(`  ${error.remedy}`);
  return lines.join('\n');
}
