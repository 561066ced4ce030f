/** The table of docs/scripts.md: what it calls supported is compiled, and loads; the rest is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Faults, type SantaError } from '../../src/errors/fault.js';
import { compileScript } from '../../src/script/compile_script.js';
import { assemble } from '../../src/script/object/assemble.js';
import { parseScript } from '../../src/script/syntax/parse.js';
import { needs } from '../harness/requirements.js';
import { closeScripts, kernel, started } from '../harness/running_script.js';

interface Row {
  readonly construct: string;
  readonly support: string;
  readonly example: string;
}

const page = readFileSync(join(import.meta.dirname, '../../docs/scripts.md'), 'utf8');

/** Bars in cells are written `\|`. */
function rows(): Row[] {
  return [...page.matchAll(/^\| (.+?) \| (yes|partly|no) \| `(.+?)` \| .*\|$/gm)].map(
    ([, construct = '', support = '', example = '']) => ({
      construct,
      support,
      example: example.replaceAll('\\|', '|'),
    }),
  );
}

/** A statement stands for a program of it. */
function scriptOf(example: string): string {
  if (/^#define/.test(example)) return `${example}\nrt:sys_enter /pid > LIMIT/ { @ = count(); }`;
  const isWhole = /^(?:\w+=)?(?:(?:struct|enum|let @|macro|config|import|begin|end)\b|\w+:)/.test(example);
  return isWhole ? example : `rt:sys_enter { ${example} }`;
}

const read = `	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:long ret;	offset:16;	size:8;	signed:1;
`;

const symbol = { size: 8, isFunction: true, isGlobal: true };

/** Tracepoints need no tracefs here, and probes of /usr/bin/own no program. */
const known = {
  ...kernel,
  tracepointCategories: () => ['syscalls'],
  tracepointFormat: () => read,
  symbolsOf: () => ({
    isRelocated: true,
    symbols: [
      { ...symbol, name: 'step', address: 0x1000n },
      { ...symbol, name: 'counter', address: 0x2000n },
    ],
    addressAt: () => undefined,
    offsetOf: () => undefined,
  }),
};

/** The code of the first fault; undefined: there is none. */
function refusalOf(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    if (error instanceof Faults) return error.faults[0]?.code;
    return (error as SantaError).code;
  }
}

afterEach(closeScripts);

describe('the table of the language', needs({ root: true, bpf: true }), () => {
  test('has examples', () => {
    expect(rows().length).toBeGreaterThan(60);
    expect(new Set(rows().map(({ construct }) => construct)).size).toBe(rows().length);
  });

  test.each(rows().filter(({ support }) => support !== 'no'))('$construct is supported', async ({ example }) => {
    const text = scriptOf(example);
    const { object } = compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'x', kernel: known });
    expect(assemble(object).length).toBeGreaterThan(0);
    // Other hooks may be missing on this kernel.
    if (object.functions.every(({ section }) => section === undefined || /^raw_tp|^syscall/.test(section)))
      await started(text);
  });

  test.each(rows().filter(({ support }) => support === 'no'))('$construct is refused', ({ example }) => {
    const text = scriptOf(example);
    const compile = () => compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'x', kernel: known });
    expect(refusalOf(compile)).toMatch(/^SCRIPT_(INVALID|SYNTAX)$/);
  });
});
