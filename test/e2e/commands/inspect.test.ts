import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { mainFile } from '../../harness/exporter.js';
import { fixtureObject } from '../../harness/fixture_objects.js';
import { repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';
import { logOf, santabpf } from '../command.js';
import { exporterOf, fixtureNeeds, objectOf, Scrape, tell } from '../probes.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = (name: string) => join(repository, 'dist/bpf', `${name}.bpf.o`);

describe('santabpf inspect', needs({ ...fixtureNeeds, commands: [...fixtureNeeds.commands, 'script'] }), () => {
  it('shows programs, maps and layouts, and marks guesses', () => {
    const { stdout, status } = santabpf(['inspect', fixtureObject('shapes')]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nPrograms\n {2}tp_btf\/sys_enter +observe +tp_btf\n/);
    expect(stdout).toMatch(/ {2}things: percpu_hash, 1024 entries\n {4}key +__u64\n {4}value +struct hist: /);
    expect(stdout).toMatch(/buckets: \{ edges: floor \} # guess: that slot i/);
    expect(stdout).toMatch(/buckets: \{ key: \w+, edges: floor, last: \d+, sum: after_last \} # guess/);
    expect(stdout).toMatch(/\nNext: santabpf inspect \S+ --yaml > shapes\.yaml\n$/);
  });

  it('fits a terminal, and is not broken in a pipe', () => {
    const command = `stty cols 80; exec ${process.execPath} ${mainFile} inspect ${shipped('opens')}`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
    const plain = stripVTControlCharacters(stdout).replaceAll('\r', '');
    const maps = plain.slice(plain.indexOf('\nMaps '), plain.indexOf('\nWithout a proposal'));
    expect(maps).toContain('  .rodata: array, 1 entry\n');
    for (const line of maps.split('\n')) expect(line.length, line).toBeLessThan(81);
    expect(santabpf(['inspect', shipped('opens')]).stdout).toMatch(/^ {4}value {2}section \.rodata: .{80}/m);
  });

  it('proposes no metric of what the library of bpf/include keeps in an object', () => {
    const { stdout } = santabpf(['inspect', shipped('opens')]);
    expect(stdout).toMatch(/\nMaps \(and \d+ that the exporter reads itself\)\n/);
    expect(stdout).not.toContain('  syscall_');
    expect(stdout.match(/^ {4}- name: .*/gm)).toEqual(['    - name: opens_total', '    - name: opens_failures_total']);
  });

  it('proposes probe files that pass --config.check', () => {
    const objects = [
      objectOf('told'),
      ...['shapes', 'values', 'dimensions', 'records'].map(fixtureObject),
      ...['biolatency', 'cpu_seconds', 'tcp', 'execs'].map(shipped),
    ];
    const names = objects.map((object) => {
      const { stdout, status, stderr } = santabpf(['inspect', object, '--yaml']);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      const name = basename(object, '.bpf.o');
      writeFileSync(join(folder, `${name}.yaml`), stdout);
      return name;
    });
    const main = join(folder, 'main.yaml');
    writeFileSync(main, `probe_path: [.]\nprobes: [${names.join(', ')}]\n`);
    const output = santabpf([`--config.file=${main}`, '--config.check', '--log.format=json']);
    // Alternatives for other kernels are no part of a proposal: the kernel may refuse a program, but no setting is wrong.
    const faults = logOf(output).filter(({ code = '' }) =>
      /^(?:CONFIG|FIELD|MAP|HISTOGRAM|LABEL|DECODER|VALUE)_/.test(code),
    );
    expect(faults).toEqual([]);
  });

  it('proposes metrics that count', async () => {
    const { stdout } = santabpf(['inspect', objectOf('told'), '--yaml']);
    const exporter = await exporterOf({
      config: 'probe_path: [.]\nprobes: [told]\nprobe_deadline: 1m\n',
      files: { 'told.yaml': stdout },
    });
    tell(3, [5, 6]);
    const scrape = await Scrape.of(exporter);
    expect(scrape.sum('told_values_total')).toBe(6);
    expect(scrape.value('told_sizes_bytes_count')).toBe(6);
    expect(scrape.value('told_commands_total', { name: 'teller' })).toBe(6);
  });

  it('prints JSON', () => {
    const { stdout } = santabpf(['inspect', objectOf('told'), '--json']);
    const { programs, maps, yaml } = JSON.parse(stdout) as { programs: unknown[]; maps: unknown[]; yaml: string };
    const attached = { kind: 'tp_btf', missing: null, problem: null };
    expect(programs).toContainEqual({ name: 'count_told', section: 'tp_btf/sys_enter', ...attached });
    expect(maps).toContainEqual(expect.objectContaining({ name: 'values', key: 'struct told', value: '__u64' }));
    expect(yaml).toContain('probe: told\n');
  });

  it.each([
    [['inspect'], 2, /inspect needs an OBJECT, as in: santabpf inspect/],
    [['inspect', '/nowhere/x.bpf.o'], 1, /x\.bpf\.o.*there is no such file \[OBJECT_INVALID\]/],
    [['inspect', '/etc/passwd'], 1, /\[OBJECT_INVALID\]/],
    [['inspect', '/dev/null'], 1, /it is not a regular file \[OBJECT_INVALID\]/],
    [['inspect', shipped('hook_kinds'), '--yaml'], 1, /No map of this object has a number/],
  ])('%j ends with code %i', (words, code, says) => {
    const { status, stdout, stderr } = santabpf(words);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('needs no privileges', () => {
    const copy = join(folder, 'told.bpf.o');
    chmodSync(folder, 0o755);
    writeFileSync(copy, readFileSync(objectOf('told')), { mode: 0o644 });
    const { status, stdout } = santabpf(['inspect', copy], 65534);
    expect(status).toBe(0);
    expect(stdout).toContain('values: percpu_hash');
  });
});
