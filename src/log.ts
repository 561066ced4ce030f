import { type Logger, pino } from 'pino';
import type { SantaError } from './errors/fault.js';
import { excerptLines } from './errors/location.js';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `auto` is `pretty` on a terminal and `json` otherwise. */
export const LOG_FORMATS = ['auto', 'pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The destination of log lines, such as `process.stderr`. */
export interface LogStream {
  write(line: string): unknown;
  readonly isTTY?: boolean;
}

/**
 * A logger that writes each line synchronously: no line is lost at exit.
 * JSON lines have `level` (a name), `time` (ISO 8601, UTC) and `msg`. Lines of a fault also have `code`, `remedy`, `at` and
 * `excerpt` (the source line, and a caret below the column).
 */
export async function createLogger(
  options: { readonly level: LogLevel; readonly format: LogFormat },
  stream: LogStream = process.stderr,
): Promise<Logger> {
  const { level, format } = options;
  if (format === 'pretty' || (format === 'auto' && stream.isTTY === true)) {
    return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, await prettyStream(stream));
  }
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void stream.write(line) },
  );
}

/** The log fields of a fault: `logger.warn(faultFields(error), error.message)`. */
export function faultFields(error: SantaError): { code: string; remedy: string; at?: string; excerpt?: string } {
  const { code, remedy, location } = error;
  if (location === undefined) return { code, remedy };
  const at = `${location.file}:${location.line}:${location.column}`;
  const excerpt = excerptLines(location).join('\n');
  return { code, remedy, at, ...(excerpt && { excerpt }) };
}

// Imported here because JSON logs do not need it. In this thread because a worker would lose lines at exit.
async function prettyStream(stream: LogStream) {
  const { PinoPretty, isColorSupported } = await import('pino-pretty');
  const { Writable } = await import('node:stream');
  return PinoPretty({
    colorize: stream.isTTY === true && isColorSupported,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,code,remedy,at,excerpt',
    messageFormat: (line, key) => {
      const { code, remedy, at, excerpt } = line;
      const place = at === undefined ? '' : `${String(at)}: `;
      const codeInBrackets = code === undefined ? '' : ` [${String(code)}]`;
      const below = [excerpt, remedy].flatMap((text) => (text === undefined ? [] : String(text).split('\n')));
      return [`${place}${String(line[key] ?? '')}${codeInBrackets}`, ...below].join('\n    ');
    },
    destination: new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        stream.write(line);
        done();
      },
    }),
  });
}
