import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { patientDeadline, type RunningExporter } from '../../harness/exporter.js';
import { fixtureObject } from '../../harness/fixture_objects.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';
import { exporterOf, fixtureNeeds, Scrape, tell } from '../probes.js';

const root = mkdtempSync(join(tmpdir(), 'santabpf-migrate-'));
afterAll(() => rmSync(root, { recursive: true }));

const foreign = readFileSync(join(import.meta.dirname, '../../fixtures/bpf/foreign.yaml'), 'utf8');

/** A folder as ebpf_exporter has it. @param objects names of files that have the object of the fixture */
function folderOf(name: string, files: Readonly<Record<string, string>>, objects: readonly string[]): string {
  const folder = mkdtempSync(join(root, `${name}-`));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  for (const object of objects) copyFileSync(fixtureObject('foreign'), join(folder, `${object}.bpf.o`));
  return folder;
}

const counterFile = 'metrics:\n  counters:\n    - { name: foreign_calls_total, help: Calls. }\n';

/** Values of the metrics of the fixture by name and labels. */
async function series(exporter: RunningExporter): Promise<Record<string, number>> {
  const { samples } = await Scrape.of(exporter);
  const own = samples.filter(({ name }) =>
    /^ebpf_exporter_foreign_(?:calls|parities|told|records|powers|steps)/.test(name),
  );
  return Object.fromEntries(
    own.map(({ name, labels, value }) => [
      [name, ...Object.entries(labels).map((pair) => pair.join('='))].join(' ').replaceAll('unknown:', ''),
      value,
    ]),
  );
}

/** What an exporter counts of a known workload. */
async function counted(options: Parameters<typeof exporterOf>[0]): Promise<Record<string, number>> {
  const exporter = await exporterOf(options);
  tell(2, [0, 1, 3, 16], { kind: 77, command: 'teller' });
  tell(3, [5, 1000], { kind: 77, command: 'keeper' });
  const all = await vi.waitFor(
    async () => {
      const read = await series(exporter);
      const records = Object.entries(read).filter(([name]) => name.includes('records_total'));
      expect(records.reduce((sum, [, value]) => sum + value, 0)).toBe(14);
      expect(read.ebpf_exporter_foreign_calls_total).toBe(14);
      return read;
    },
    { timeout: 20_000, interval: 200 },
  );
  await exporter.stop();
  // Which CPU counted is not known.
  const [parity, rest] = [{ even: 0, odd: 0 }, {} as Record<string, number>];
  for (const [name, value] of Object.entries(all)) {
    const [, which] = /^\S+parities_total parity=(even|odd)/.exec(name) ?? [];
    if (which === undefined) rest[name] = value;
    else parity[which as 'even' | 'odd'] += value;
  }
  return { ...rest, ...parity };
}

/** The main file with the probe that is a comment in it, because the address of a function is not set. */
function activated(folder: string): string {
  const text = readFileSync(join(folder, 'santabpf.yaml'), 'utf8');
  const inactive = 'probes: [] # without the brackets, as soon as an entry is no comment\n  # - foreign\n';
  expect(text).toContain(inactive);
  return text.replace(inactive, 'probes:\n  - foreign\n');
}

describe('santabpf migrate', needs(fixtureNeeds), () => {
  it('writes probe files that count what the files of ebpf_exporter count', async () => {
    const folder = folderOf('same', { 'foreign.yaml': foreign }, ['foreign']);
    const output = join(folder, 'migrated');
    const { stderr, stdout, status } = santabpf(['migrate', folder, `--output=${output}`]);
    // Its only probe is a comment.
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
    for (const line of stdout.split('\n').filter((each) => !each.includes(root)))
      expect(line.length, line).toBeLessThan(81);
    const said = stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('foreign_chosen is left out: a probe file cannot say that the keys of a map are the bounds');
    expect(said).toContain('its spans are left out');
    expect(said).toContain('kaddr_vfs_read is not set');
    expect(said).toContain('it does not run, because it would count something else');
    expect(said).toContain('List those that a probe can do without under `programs.optional` of its file.');
    expect(stdout).toMatch(/\nNext, as root: santabpf --config.file=\S+santabpf.yaml --config.check\n$/);

    // One after the other: an interface has one XDP program.
    const was = await counted({
      foreign: ['foreign'],
      files: { 'foreign.yaml': foreign, 'foreign.bpf.o': readFileSync(fixtureObject('foreign')) },
    });
    const is = await counted({
      config: `${activated(output)}${patientDeadline}`,
      files: {
        // ebpf_exporter goes on without a program that it cannot attach; a probe says which ones it can do without.
        'foreign.yaml': readFileSync(join(output, 'foreign.yaml'), 'utf8').replace(
          'programs:\n',
          'programs:\n  optional: [missing]\n',
        ),
        'foreign.bpf.o': readFileSync(join(output, 'foreign.bpf.o')),
      },
    });
    expect(Object.keys(was).filter((name) => name.startsWith('ebpf_exporter_foreign_steps_bucket')).length).toBe(10);
    expect(is).toEqual(was);
  });

  it('takes fields of the object, and says in each file what is different', () => {
    const folder = folderOf('fields', { 'foreign.yaml': foreign }, ['foreign']);
    const output = join(root, 'fields');
    santabpf(['migrate', folder, `--output=${output}`]);
    const text = readFileSync(join(output, 'foreign.yaml'), 'utf8');
    expect(text).not.toContain('key: "struct');
    expect(text).toContain('buckets: { key: bucket, edges: ceil, zero: true, last: 4, sum: after_last }');
    expect(text).toContain('# - what a `map` does not list is shown as it is, without "unknown:"\n');
    expect(text).toContain('cpu: { from: cpu }');
    const main = join(output, 'santabpf.yaml');
    writeFileSync(main, activated(output));
    const { status, stderr } = santabpf([`--config.file=${main}`, '--config.check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('goes on after files that it cannot migrate, and lists them', () => {
    const files = {
      'a.yaml': counterFile,
      'b.yaml': counterFile,
      'alone.yaml': counterFile.replace('foreign_calls', 'alone'),
      'broken.yaml': 'metrics:\n  counters:\n    - { name: 5 }\n',
      'my.own-5.16.yaml': counterFile.replace('foreign_calls', 'other'),
    };
    const folder = folderOf('several', files, ['a', 'b', 'broken', 'my.own-5.16']);
    const output = join(root, 'several');
    const { stdout, status } = santabpf(['migrate', folder, `--output=${output}`, '--json']);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as {
      files: { source: string; file: string | null; runs: boolean; notes: string[] }[];
    };
    expect(report.files.map(({ source, file, runs }) => [source, file, runs])).toEqual([
      ['a.yaml', 'a.yaml', true],
      ['alone.yaml', 'alone.yaml', false],
      ['b.yaml', 'b.yaml', false],
      ['broken.yaml', null, false],
      ['my.own-5.16.yaml', 'my_own-5_16.yaml', true],
    ]);
    const notes = Object.fromEntries(report.files.map((file) => [file.source, file.notes.join('\n')]));
    expect(notes['alone.yaml']).toMatch(/does not run without its object: put a usable alone.bpf.o next to it/);
    expect(notes['b.yaml']).toMatch(/probe "a" also has foreign_calls_total/);
    expect(notes['broken.yaml']).toMatch(/^line 3: /);
    expect(readFileSync(join(output, 'santabpf.yaml'), 'utf8')).toMatch(
      /\nprobes:\n {2}- a\n {2}# - alone\n {2}# - b\n {2}- my_own-5_16\n$/,
    );
    expect(readdirSync(output).sort()).toEqual(
      ['a', 'b', 'my_own-5_16']
        .flatMap((name) => [`${name}.bpf.o`, `${name}.yaml`])
        .concat('alone.yaml', 'santabpf.yaml')
        .sort(),
    );
  });

  it('writes nothing into a folder that is there, or without files', () => {
    const folder = folderOf('there', { 'a.yaml': counterFile }, ['a']);
    const there = santabpf(['migrate', folder, `--output=${folder}`]);
    expect(there.stderr).toContain('[FOLDER_EXISTS]');
    expect(there.status).toBe(1);
    for (const [given, reason] of [
      [folderOf('empty', {}, []), 'it has no YAML file'],
      [join(root, 'nowhere'), 'there is no such folder'],
      [import.meta.filename, 'it is a file'],
    ] as const) {
      const output = join(root, 'never');
      const { stderr, status } = santabpf(['migrate', given, `--output=${output}`]);
      expect(stderr).toContain(`"${given}" has no files of ebpf_exporter: ${reason} [FOLDER_WITHOUT_FILES]`);
      expect([status, existsSync(output)]).toEqual([1, false]);
    }
    const nothing = santabpf(['migrate']);
    expect(nothing.stderr).toContain('santabpf migrate needs a FOLDER, as in: santabpf migrate /etc/ebpf_exporter');
    expect(nothing.status).toBe(2);
  });
});
