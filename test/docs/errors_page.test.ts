import { expect, test } from 'vitest';
import { catalogue, type ErrorCode, type FaultParameters } from '../../src/errors/catalogue.js';

/** A stand-in for a parameter of any type: an array with the text `<name>` that also has the methods of that string. */
function placeholder(name: string): unknown {
  const word = `<${name}>`;
  return new Proxy([word], {
    get(list, key) {
      if (key in list || typeof key === 'symbol') return Reflect.get(list, key);
      const method: unknown = Reflect.get(String.prototype, key);
      return typeof method === 'function' ? method.bind(word) : undefined;
    },
  });
}

/** Real sentences, for entries whose sentence comes whole from the rule that was broken. */
const examples: { readonly [C in ErrorCode]?: FaultParameters<C> } = {
  ARGUMENT_INVALID: { problem: '--web.max-requests must be a whole number, not "many"' },
  SCRAPE_FILTER: { problem: 'Unknown probe "exec" in collect[]', remedy: 'Did you mean "execs"?' },
  PROFILE_QUERY: {
    problem: '"window" cannot be "5s"',
    remedy: 'Use a duration from 15s to 24h, such as 5m.',
  },
  SCRIPT_SYNTAX: { problem: 'Only a variable ($x) or a map (@x) can be assigned to' },
  SCRIPT_INVALID: {
    problem: 'Unknown function "cout"',
    remedy: 'Did you mean "count"?',
  },
  CONFIG_LEFT_OUT: { problem: 'Spans are left out: SantaBPF makes metrics, not traces' },
  CONFIG_VALUE: { problem: '`probes` must be a list of probe names, not "syscalls"' },
};

function parametersOf(code: ErrorCode): unknown {
  const example: object = examples[code] ?? {};
  return new Proxy(example, {
    get: (given, name) => (code in examples ? Reflect.get(given, name) : placeholder(String(name))),
  });
}

interface Sentences {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly isUnsupported: boolean;
}

const sentences = Object.entries(catalogue).map(([name, entry]): Sentences => {
  const { message, remedy } = entry;
  const code = name as ErrorCode;
  const parameters = parametersOf(code);
  return {
    code,
    message: (message as (p: unknown) => string)(parameters),
    isUnsupported: 'isUnsupported' in entry,
    remedy: String(typeof remedy === 'string' ? remedy : (remedy as (p: unknown) => string)(parameters)),
  };
});

/** The text of docs/errors.md. */
function errorsPage(): string {
  const entries = sentences.map(({ code, message, remedy, isUnsupported }) => {
    const shown = remedy === '<remedy>' ? '' : `\n${remedy.replace(/(<\w+>)/g, '`$1`')}\n`;
    const state = isUnsupported ? '\nThe probe is `unsupported` on this host, not `down`.\n' : '';
    return `## ${code}\n\n\`\`\`text\n${message}\n\`\`\`\n${state}${shown}`;
  });
  return `# Errors

Every error of SantaBPF has one of these codes, in brackets after its sentence. An error in a file begins with file, line and
column, and shows the line with a caret. The last line says what to do. Words in \`<>\` stand for names and values.

<!-- Generated from the catalogue in src/errors/ by \`npm run docs:errors\`. -->

${entries.join('\n')}`;
}

test('docs/errors.md is current (npm run docs:errors writes it)', async () => {
  const page = errorsPage();
  expect(page).not.toMatch(/\b(?:undefined|NaN)\b|\[object/);
  await expect(page).toMatchFileSnapshot('../../docs/errors.md');
});

test.each(sentences)('$code is a whole sentence with a remedy', ({ message, remedy }) => {
  expect(message).toMatch(/^[A-Z<"`-]/);
  expect(message).not.toMatch(/^Expected\b|but received|[.,]$|\bundefined\b/);
  expect(remedy).toMatch(/^(?:<remedy>|[A-Z`/d].*[.?]|.*native\/build\.mjs)$/s);
});
