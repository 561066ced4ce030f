import { describe, expect, test } from 'vitest';
import { waysThrough } from './description_lines.js';
import { testedIdentities } from './identities.js';
import { alertsOf } from './rule_files.js';

/** Labels whose values no user of the host can choose: words of the kernel or of the exporter. Every other label is a name. */
const words = ['way', 'signal', 'operation', 'errno', 'kind', 'type'];

const descriptions = (identity: string) =>
  alertsOf(`identity=${identity}`).map(({ alert, annotations }) => {
    const ways = waysThrough(annotations.description!).map((text) => text.split('\n'));
    const later = ways.flatMap(([, ...lines]) => lines);
    return [alert, { first: [...new Set(ways.map(([line]) => line!))], later: [...new Set(later)] }] as const;
  });

// alerts/alertmanager/santabpf.tmpl makes a table of them. A name must not be able to add a row or to change a number.
describe.each(['command', ...testedIdentities.map(({ setting }) => setting)])('descriptions for %s', (identity) => {
  const each = test.each(descriptions(identity));

  each('%s: the first line is a sentence, and no later line begins with a name', (_, { first, later }) => {
    for (const line of first) expect(line).toMatch(/^[^-\s]/);
    for (const line of later) expect(line).toMatch(/^- \S|^[A-Z][a-z]+ /);
  });

  each('%s: no name is in the value of a row', (_, { later }) => {
    for (const line of later.filter((one) => one.startsWith('- ') && one.includes(': '))) {
      const [, row = line] = /^(.*) \(an hour ago: ‹[^:]*›\)$/.exec(line) ?? [];
      const value = row.slice(row.lastIndexOf(': ') + 2);
      expect(value).toMatch(/\.Value|\$value/);
      for (const [, label] of value.matchAll(/abels\.(\w+)/g)) expect(words).toContain(label);
    }
  });
});

test('ways through a template: branches, loops, and white space that is removed', () => {
  const template =
    'A {{ if eq $x "}}" }}b{{ else if $y -}}\n c\n{{- else }}d{{ end }}.\n{{- range query (printf `x{a=%q}` $a) }}\n- {{ .Labels.a }}\n{{- end }}';
  expect(waysThrough(template)).toEqual(['b', 'c', 'd'].map((one) => `A ${one}.\n- ‹.Labels.a›`));
  expect(waysThrough('{{ if $x }}a{{ end }}{{ $y := 1 }}b')).toEqual(['ab', 'b']);
});
