import { describe, expect, test } from 'vitest';
import { alerts } from './rule_files.js';

/**
 * Labels whose values cannot be chosen by a user of the host: the kernel's or the exporter's own words. Everything else is a name.
 */
const words = ['way', 'signal', 'operation', 'errno', 'kind', 'type'];

/** An action of a Go template, with the white space that `{{-` removes. Strings in it may have braces. */
const action = /(?:\s*\{\{-|\{\{) *((?:`[^`]*`|"(?:\\.|[^"\\])*"|[^`"}])*)\}\}/g;

/** The lines of a description, with every branch and one turn of every loop. Actions that print are `‹.Labels.command›`. */
function linesOf(description: string): string[] {
  const printed = (_: string, code: string) =>
    /^(?:range|if|else|end|with|\$\w+ :?=)/.test(code) ? '' : `‹${code.trim()}›`;
  return description.replace(action, printed).split('\n');
}

const each = test.each(alerts.map(({ alert, annotations }) => [alert, linesOf(annotations.description!)] as const));

// alerts/alertmanager/santabpf.tmpl makes a table of them. A name must not be able to add a row or to change a number.
describe('descriptions', () => {
  each('%s: after the first line, every line begins with "- " or with a heading', (_, [first, ...lines]) => {
    expect(first).not.toMatch(/^-/);
    for (const line of lines) expect(line).toMatch(/^- |^[A-Z][\w ()]*:$/);
  });

  each('%s: no name is in the value of a row', (_, [, ...lines]) => {
    for (const line of lines.filter((one) => one.startsWith('- ') && one.includes(': '))) {
      const value = line.slice(line.lastIndexOf(': ') + 2);
      expect(value).toMatch(/\.Value|\$value/);
      for (const [, label] of value.matchAll(/abels\.(\w+)/g)) expect(words).toContain(label);
    }
  });
});
