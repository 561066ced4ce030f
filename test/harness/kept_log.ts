import { type Logger, pino } from 'pino';

/** A logger that collects its lines as parsed JSON. */
export function keptLog(level = 'info'): {
  logger: Logger;
  lines: { level: number; msg: string; [field: string]: unknown }[];
} {
  const lines: { level: number; msg: string }[] = [];
  return { logger: pino({ level }, { write: (line: string) => lines.push(JSON.parse(line)) }), lines };
}
