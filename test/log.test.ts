import { describe, expect, it } from 'vitest';
import { fault } from '../src/errors/fault.js';
import { createLogger, faultFields, type LogFormat, type LogLevel } from '../src/log.js';

async function logged(format: LogFormat, isTTY: boolean, level: LogLevel = 'info'): Promise<string> {
  const lines: string[] = [];
  const logger = await createLogger({ level, format }, { isTTY, write: (line) => lines.push(line) });
  const error = fault(
    'ARGUMENT_UNKNOWN',
    { argument: '--x', nearest: undefined },
    { location: { file: 'a.yaml', line: 3, column: 7 } },
  );
  logger.debug('quiet');
  logger.info({ port: 10225 }, 'Serving');
  logger.warn(faultFields(error), error.message);
  return lines.join('');
}

describe('createLogger', () => {
  it('writes JSON when nobody looks', async () => {
    const lines = (await logged('auto', false)).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 10225, msg: 'Serving' },
      {
        level: 'warn',
        time: expect.any(String),
        code: 'ARGUMENT_UNKNOWN',
        remedy: 'Run the command with --help for a list of flags.',
        at: 'a.yaml:3:7',
        msg: 'Unknown flag "--x"',
      },
    ]);
  });

  it('writes for people on a terminal, or when asked', async () => {
    for (const text of [await logged('auto', true), await logged('pretty', false)]) {
      expect(text).toMatch(/^\S*\[?\d\d:\d\d:\d\d/);
      expect(text).toContain('INFO');
      expect(text).toContain('a.yaml:3:7: Unknown flag "--x" [ARGUMENT_UNKNOWN]\n    Run the command with --help');
      expect(text).not.toContain('quiet');
    }
    expect(await logged('pretty', false)).not.toContain('\u001b');
  });

  it('shows the source line with a caret under the place', async () => {
    const lines: string[] = [];
    const logger = await createLogger({ level: 'info', format: 'pretty' }, { write: (line) => lines.push(line) });
    const location = { file: 'a.yaml', line: 3, column: 7, excerpt: 'map: sends' };
    const error = fault('ARGUMENT_UNKNOWN', { argument: '--x', nearest: undefined }, { location });
    expect(faultFields(error)).toMatchObject({ at: 'a.yaml:3:7', excerpt: 'map: sends\n      ^' });
    logger.error(faultFields(error), error.message);
    expect(lines.join('')).toMatch(/\[ARGUMENT_UNKNOWN\]\n {4}map: sends\n {10}\^\n {4}Run the command with --help/);
  });

  it('writes JSON on a terminal when asked, and more when asked', async () => {
    expect(JSON.parse((await logged('json', true, 'debug')).split('\n')[0]!)).toMatchObject({
      level: 'debug',
      msg: 'quiet',
    });
  });
});
