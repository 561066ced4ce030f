import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { helpText } from '../../src/cli/arguments.js';
import { commandHelp } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/commands/commands.js';
import { catalogue } from '../../src/errors/catalogue.js';
import { type Page, readPage } from '../harness/markdown.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const folders = ['.', 'docs', 'docs/probes', 'alerts', 'docs/runbooks', 'dashboards', 'deployments', 'bench'];
const pages = new Map(folders.flatMap(markdownFiles).map((path) => [path, readPage(path)]));
const each = test.each([...pages.values()].map((page) => [page.path, page] as const));

function markdownFiles(folder: string): string[] {
  const path = join(repository, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => (name.endsWith('.md') ? [normalize(join(folder, name))] : []));
}

/** The distinct matches of a pattern: of each the first group that matched, or the whole match. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match.slice(1).find((group) => group) ?? match[0]))];
}

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object };
const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
const helps = [helpText([]), ...commands.map(({ command }) => commandHelp(command))];
const flags = new Set(found(helps.join('\n'), /--[a-z][a-z.-]*/g));
const folderNames = 'alerts|bench|bpf|config|dashboards|deployments|docs|native|setup|src|test';

/** Whether a metric is in docs/metrics.md or defined by a probe file in the page's own examples. */
function metricNames(page: Page): (name: string) => boolean {
  const reference = pages.get('docs/metrics.md')!;
  const rows = [...reference.text.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)];
  const types = new Map(rows.map(([, name = '', type = '']) => [name, type]));
  for (const [, name = '', type = ''] of page.text.matchAll(/- name: (\w+)\n\s+type: (\w+)/g)) {
    types.set(`santabpf_${name}`, type);
  }
  // Metrics of scripts are named by probe and map: `- script` stands for --script, and pages about scripts name examples.
  for (const [, name = ''] of page.text.matchAll(/(?:probe |^probe: )`?(\w+)`?/gm))
    for (const own of found(page.text, new RegExp(`santabpf_${name}_\\w+`, 'g'))) types.set(own, 'counter');
  if (page.text.includes('--script')) types.set('santabpf_script_total', 'counter');
  return (name) => {
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    return types.has(name) || (family !== name && types.get(family) === 'histogram');
  };
}

describe('every page', () => {
  each('%s: link targets exist', (path, { links, anchors }) => {
    const dead = links.filter((link) => {
      if (/^(?:https?|mailto):/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = normalize(join(dirname(path), file));
      if (file !== '' && !existsSync(join(repository, target))) return true;
      return anchor !== undefined && !(file === '' ? anchors : pages.get(target)?.anchors)?.has(anchor);
    });
    expect(dead).toEqual([]);
  });

  each('%s: npm scripts and files run with node exist', (_, { text }) => {
    const named = found(text, /\bnpm run (?:--silent )?([a-z][\w:-]*)/g);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    // dist/ and build/bench/ may be missing, so look for the source.
    const run = found(text, /\bnode ((?:[\w.-]+\/)+[\w.-]+\.m?js)\b/g).map((file) =>
      file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts').replace(/^build\/bench\/(.*)\.js$/, '$1.ts'),
    );
    expect(run.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  each('%s: flags exist', (_, { text }) => {
    // These prefixes are ours alone; other programs' flags are not checked.
    const named = found(text, /--(?:bpf|config|log|web)[.-][a-z.-]*[a-z]/g);
    expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  each('%s: metrics exist', (_, page) => {
    const exists = metricNames(page);
    const named = found(page.text, /\bsantabpf_[a-z][a-z0-9_]*[a-z0-9]\b/g);
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });

  each('%s: project files exist', (_, { prose }) => {
    const named = found(prose, new RegExp(`\`((?:${folderNames})/[\\w./-]*)\``, 'g'));
    // Capitals are placeholders, as in bpf/NAME.bpf.c.
    const files = named.filter((file) => !/[A-Z]{3,}/.test(file));
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  each('%s: error codes exist', (path, { text }) => {
    if (path === 'docs/errors.md') return;
    const named = found(text, /\[([A-Z]+(?:_[A-Z]+)+)\]/g);
    expect(named.filter((code) => !Object.hasOwn(catalogue, code))).toEqual([]);
  });
});

test('docs/README.md links every page of docs/', () => {
  const linked = new Set(
    pages.get('docs/README.md')!.links.map((link) => normalize(join('docs', link.split('#')[0]!))),
  );
  const documents = [...pages.keys()].filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  expect(documents.filter((path) => !linked.has(path))).toEqual([]);
});
