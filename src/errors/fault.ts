import { catalogue, type ErrorCode, type FaultParameters, type Scope, scopeOf } from './catalogue.js';
import type { Entry } from './entry.js';
import { excerptLines, type Location } from './location.js';

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

  /** Whose fault it is. */
  get scope(): Scope {
    return scopeOf(this.code);
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

/** The text shown to a person: `file:line:column: message [CODE]`, the source line with a caret, the remedy. */
export function describeFault(error: SantaError): string {
  const { location } = error;
  const place = location ? `${location.file}:${location.line}:${location.column}: ` : '';
  const lines = [`${place}${error.message} [${error.code}]`];
  if (location !== undefined) lines.push(...excerptLines(location).map((line) => `  ${line}`));
  lines.push(`  ${error.remedy}`);
  return lines.join('\n');
}
