import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { needs } from '../harness/requirements.js';

interface Query {
  readonly page: string;
  readonly text: string;
}

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
];
const queries = pages
  .filter((path) => path.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/^```promql\n(.*?)^```/gms)].flatMap(([, block = '']) =>
      queriesOf(block).map((text) => ({ page, text })),
    ),
  );

/** A query goes on in lines that are indented or close a bracket. */
function queriesOf(block: string): string[] {
  return block
    .replace(/^#.*\n/gm, '')
    .split(/\n(?![\s)]|$)/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

test('Prometheus parses every query of the docs', needs({ commands: ['promtool'] }), () => {
  expect(queries.length).toBeGreaterThan(50);
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-queries-'));
  try {
    const rules = queries.map(({ text }, index) => ({ record: `query:${index}`, expr: text }));
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, stringify({ groups: [{ name: 'docs', rules }] }));
    const { stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).toContain(`${rules.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the docs query no metric that does not exist', () => {
  const known = new Set(
    [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(santabpf_\w+)`/gm)].map(([, name]) => name),
  );
  const unknown = queries.flatMap(({ page, text }: Query) =>
    [...text.matchAll(/\bsantabpf_\w+/g)]
      .map(([name]) => name)
      .filter((name) => !known.has(name) && !known.has(name.replace(/_(?:bucket|sum|count)$/, '')))
      .map((name) => `${page}: ${name}`),
  );
  expect(unknown).toEqual([]);
});
