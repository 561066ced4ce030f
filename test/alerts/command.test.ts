import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../alerts/src/command.js';
import { describeFault, Faults, SantaError } from '../../src/errors/fault.js';
import { readPage } from '../harness/markdown.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The texts of all rule files. */
function written(...flags: string[]): string {
  const output = join(folder, 'rules');
  const printed = run([...flags, `--output=${output}`]);
  const names = readdirSync(output);
  expect(printed.trim().split('\n').sort()).toEqual(names.map((name) => join(output, name)).sort());
  return names.map((name) => readFileSync(join(output, name), 'utf8')).join('\n');
}

function refusal(...flags: string[]): string {
  try {
    written(...flags);
  } catch (error) {
    if (error instanceof Faults) return error.message;
    if (error instanceof SantaError) return describeFault(error);
    throw error;
  }
  throw new Error('was not refused');
}

describe('the command', () => {
  test('changes a threshold, a severity, a duration and a link', () => {
    const rules = written(
      ...['SantaScrapeSlow.on=3', 'SantaScrapeSlow.severity=info', 'SantaScrapeSlow.for=7m'].map(
        (set) => `--set=${set}`,
      ),
      '--set=links.grafana=https://grafana.example.org/g',
      '--set=links.runbooks=https://wiki.example.org/runbooks',
      '--set=job=node-.*',
    );
    const [, alert = ''] = /- alert: SantaScrapeSlow\n(.*?)(?=- (?:alert|record):)/s.exec(rules)!;
    expect(alert).toMatch(/seconds:max > 3\n/);
    expect(alert).toContain('severity: info');
    expect(alert).toContain('for: 7m');
    expect(alert).toContain('runbook_url: https://wiki.example.org/runbooks/watcher_blind.md');
    expect(alert).toContain('dashboard_url: https://grafana.example.org/g/d/santabpf-exporter?');
    expect(rules).not.toContain('localhost:3000');
    expect(rules).not.toContain('git.example');
    expect(rules).toContain('up{job=~"node-.*"} == 0');
  });

  test('makes windows longer for a longer scrape interval', () => {
    const rules = written('--set=interval=60s');
    expect(rules).toContain('- record: instance:santabpf_forks:rate4m\n');
    expect(rules).toContain('rate(santabpf_forks_total[4m])');
    expect(rules).not.toMatch(/\[[123]m\]|(?:rate|ratio|p99_)[123]m\b|for: (?:\d+s|1m)$/m);
    expect(rules).toContain('written for a scrape interval of 1m.');
    expect(written('--set=interval=2m')).toContain('within eight minutes');
  });

  test('replaces a list and removes the prefix', () => {
    expect(written('--set=SantaKernelChanged.commands=[modprobe, tool\\.x]')).toContain(
      String.raw`"modprobe|tool\\.x"`,
    );
    const rules = written('--set=metric_prefix=""');
    expect(rules).toContain('rate(forks_total[1m])');
    expect(rules).toContain('instance:santabpf_forks:rate1m');
    expect(rules).toContain('santabpf_probe_state{state=');
    expect(rules).not.toMatch(/(?<![:\w])santabpf_(?:forks|execs)_total/);
  });

  test('groups by another identity and links to exporters elsewhere', () => {
    const rules = written('--set=identity=unit, command', '--set=links.exporter=https://gate.example/{{instance}}');
    expect(rules).toContain('- record: instance_unit_command:santabpf_cpu_seconds:rate1m\n');
    expect(rules).toContain('sum without (unit, command)');
    expect(rules).toContain(
      'https://gate.example/{{ $labels.instance | urlquery | reReplaceAll "[+]" "%20" }}/flamegraph',
    );
    expect(rules).not.toContain('instance_command');
    expect(written('--set=identity=[unit, command]')).toContain('instance_unit_command:');
    const ofContainers = written('--set=identity=namespace,pod,container');
    expect(ofContainers).not.toMatch(/\bcommand\b(?!.*#)(?=[=!~,)])/);
    expect(ofContainers).not.toContain('way!="without_exec"');
  });

  test('reads another file of parameters', () => {
    const file = join(folder, 'parameters.yaml');
    const shipped = readFileSync('alerts/parameters.yaml', 'utf8');
    writeFileSync(file, shipped.replace('interval: 15s', 'interval: 20s'));
    expect(written(`--parameters=${file}`)).toContain('santabpf_forks:rate80s');
    writeFileSync(file, shipped.replace('interval: 15s', 'intervall: 20s'));
    expect(refusal(`--parameters=${file}`)).toMatch(
      /parameters\.yaml:\d+:1: Unknown key "intervall".*Did you mean "interval"\?/s,
    );
  });

  test('explains itself', () => {
    expect(run(['--help'])).toContain('--set=NAME=VALUE');
  });
});

test.each([
  ['SantaCpuHigh.onn=0.9', 'Unknown key "onn" in SantaCpuHigh', 'Did you mean "on"?'],
  ['santaCpuHigh.on=0.9', 'Unknown key "santaCpuHigh" at the top level', 'Did you mean "SantaCpuHigh"?'],
  [
    'SantaMapNearlyFull.on=90%',
    'SantaMapNearlyFull.on must be a share between 0 and 1, such as 0.85, not "90%"',
    'docs/alerts.md',
  ],
  [
    'SantaMapNearlyFull.off=0.95',
    'SantaMapNearlyFull.off must be at most SantaMapNearlyFull.on (0.9), not 0.95',
    'docs/alerts.md',
  ],
  [
    'SantaScrapeSlow.severity=page',
    'SantaScrapeSlow.severity must be critical, warning or info, not "page"',
    'Use one of',
  ],
  ['interval=5m', '`interval` must be a scrape interval from 1s to 2m, such as 15s, not "5m"', 'docs/alerts.md'],
  ['interval', '--set must be NAME=VALUE, such as interval=60s, not "interval"', '--help'],
  ['links.grafana=grafana', 'links.grafana must be a URL without a slash at its end', 'docs/alerts.md'],
  ['links.exporter=http://{instance}', 'links.exporter must be a URL without a slash at its end', 'docs/alerts.md'],
  ['identity=user', '`identity` must be a list of command, unit, slice,', 'docs/alerts.md'],
  ['identity=[unit, unit]', '`identity` must be a list of command, unit, slice,', 'docs/alerts.md'],
  ['SantaKernelChanged.commands=["a("]', 'must be a regular expression without quotes', 'docs/alerts.md'],
  ['job="a', 'Invalid YAML: the value is broken', 'quotes'],
])('refuses --set %s', (change, problem, remedy) => {
  const text = refusal(`--set=${change}`);
  expect(text).toContain(problem);
  expect(text).toContain(remedy);
});

test('points at the wrong part of --set', () => {
  expect(refusal('--set=SantaCpuHigh.onn=0.9')).toContain('--set:1:14: ');
  expect(refusal('--set=interval=x')).toContain('--set:1:10: ');
});

describe('docs/alerts.md', () => {
  const page = readPage('docs/alerts.md');
  const commands = page.text.matchAll(/^npm run alerts -- (.+?)(?: +#.*)?$/gm);

  test.each([...commands].map(([, flags]) => flags!))('%s writes rules', (flags) => {
    const words = [...flags.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
    const place = words.indexOf('--parameters') + 1;
    if (place > 0) words[place] = 'alerts/parameters.yaml';
    expect(written(...words)).toContain('alert: SantaExporterDown');
  });
});
