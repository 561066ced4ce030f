import { expect, test } from 'vitest';
import { catalogue } from '../../src/errors/catalogue.js';

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

const parameters = new Proxy({}, { get: (_, name) => placeholder(String(name)) });

/** The text of docs/errors.md. */
function errorsPage(): string {
  const entries = Object.entries(catalogue).map(([code, { message, remedy }]) => {
    const sentence = (message as (p: unknown) => string)(parameters);
    const advice = typeof remedy === 'string' ? remedy : (remedy as (p: unknown) => string)(parameters);
    const shown = advice === '<remedy>' ? '' : `\n${advice.replace(/(<\w+>)/g, '`$1`')}\n`;
    return `## ${code}\n\n\`\`\`text\n${sentence}\n\`\`\`\n${shown}`;
  });
  return `# Errors

Every error that SantaBPF reports ends with one of these codes in brackets. An error in a file starts with the file, line and
column, and shows the line below the message. Names in \`<>\` are placeholders.

<!-- Made from the catalogue in src/errors/ by \`npm run docs:errors\`. -->

${entries.join('\n')}`;
}

test('docs/errors.md is current (npm run docs:errors writes it)', async () => {
  const page = errorsPage();
  expect(page).not.toMatch(/\b(?:undefined|NaN)\b|\[object/);
  await expect(page).toMatchFileSnapshot('../../docs/errors.md');
});

test.each(Object.entries(catalogue))('%s has a remedy', (_, { remedy }) => {
  const advice = typeof remedy === 'string' ? remedy : (remedy as (p: unknown) => string)(parameters);
  expect(advice).not.toBe('');
});
