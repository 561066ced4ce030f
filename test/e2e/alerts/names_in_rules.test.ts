import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { flameGraphUrl, hottestFunctions } from '../../../alerts/src/flame_graph.js';
import { identityOf } from '../../../alerts/src/identity.js';
import { phrase, query, top } from '../../../alerts/src/notification.js';
import type { IdentityLabel } from '../../../src/config/identity_labels.js';
import { needs } from '../../harness/requirements.js';
import { hostileNames } from './hostile_names.js';

const isRun = needs({ commands: ['promtool'] });
const labels = { job: 'santabpf', instance: 'web1' };

function series(name: string, more: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries({ ...labels, ...more }).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}

/** Runs a promtool test with one alert, which must render exactly these annotations for each name. */
function render(test: object, rules: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
  writeFileSync(
    join(folder, 'test.yaml'),
    stringify({ rule_files: ['rules.yaml'], evaluation_interval: '15s', tests: [test] }),
  );
  return execFileSync('promtool', ['test', 'rules', join(folder, 'test.yaml')], { encoding: 'utf8', stdio: 'pipe' });
}

test('the vocabulary of descriptions finds and prints any name as it is', isRun, () => {
  const rules = {
    groups: [
      {
        name: 'names',
        rules: [
          {
            alert: 'Names',
            expr: 'uses > 0',
            annotations: {
              one: `{{ range ${query('uses{job=%q,instance=%q,command=%q}')} }}{{ .Labels.command }}{{ end }}`,
              description: [
                'By:',
                top(
                  'uses{job=%q,instance=%q}',
                  '- {{ .Labels.command }}: {{ .Value }}',
                  phrase('bytes{job=%q,instance=%q,command=%q}', ' and {{ .Value }} bytes', '.Labels'),
                ),
              ].join('\n'),
            },
          },
        ],
      },
    ],
  };
  const top5 = hostileNames.slice(-5).reverse();
  const size = hostileNames.length;
  const description = ['By:', ...top5.map((name, place) => `- ${name}: ${size - place} and 7 bytes`)].join('\n');
  const found = render(
    {
      interval: '15s',
      input_series: hostileNames.flatMap((command, index) => [
        { series: series('uses', { command }), values: `${index + 1}x9` },
        { series: series('bytes', { command }), values: '7x9' },
      ]),
      alert_rule_test: [
        {
          alertname: 'Names',
          eval_time: '1m',
          exp_alerts: hostileNames.map((command) => ({
            exp_labels: { ...labels, command },
            exp_annotations: { one: command, description },
          })),
        },
      ],
    },
    rules,
  );
  expect(found).toContain('SUCCESS');
});

const recorded = 'santabpf_profile_function_cpu_ratio';

test('texts list the hottest functions by any name', isRun, () => {
  const hottest = hostileNames.slice(-5);
  const rules = [{ alert: 'Hot', expr: 'uses > 0', annotations: { description: `Uses.\n${hottestFunctions}` } }];
  const found = render(
    {
      interval: '15s',
      input_series: [
        { series: series('uses'), values: '1x9' },
        ...hottest.map((name, index) => ({
          series: series(recorded, { command: name, function: name }),
          values: `${(50 - index) / 100}x9`,
        })),
      ],
      alert_rule_test: [
        {
          alertname: 'Hot',
          eval_time: '1m',
          exp_alerts: [
            {
              exp_labels: labels,
              exp_annotations: {
                description: [
                  'Uses.',
                  'Hottest functions of the last minute, by share of the CPU samples:',
                  ...hottest.map((name, index) => `- ${name} in ${name}: ${50 - index}%`),
                ].join('\n'),
              },
            },
          ],
        },
      ],
    },
    { groups: [{ name: 'names', rules }] },
  );
  expect(found).toContain('SUCCESS');
});

/** Hosts, the parameter `links.exporter`, and where the link to a flame graph leads. */
const links = [
  ['web1:10225', 'http://{{instance}}', 'http://web1:10225/flamegraph?at=60&window=5m'],
  ['[2001:db8::1]:10225', 'http://{{instance}}', 'http://[2001:db8::1]:10225/flamegraph?at=60&window=5m'],
  ['web1', 'https://{{instance}}:10225/bpf', 'https://web1:10225/bpf/flamegraph?at=60&window=5m'],
  [
    'web1:1',
    'https://gate.example/{{job}}/{{instance}}',
    'https://gate.example/santabpf/web1%3A1/flamegraph?at=60&window=5m',
  ],
  [
    `x/"><a y' {{1}}#?&`,
    'http://gate/{{instance}}',
    'http://gate/x%2F%22%3E%3Ca%20y%27%20%7B%7B1%7D%7D%23%3F%26/flamegraph?at=60&window=5m',
  ],
  ['evil.example/x@y', 'http://{{instance}}', 'http://evil.example%2Fx%40y/flamegraph?at=60&window=5m'],
] as const;

test('links lead to the flame graph of their time, where the recorder is on', isRun, () => {
  const rules = links.map(([, base], index) => ({
    alert: `Link${index}`,
    expr: `uses{case="${index}"} > 0`,
    annotations: { flamegraph_url: flameGraphUrl(base, '5m') },
  }));
  const found = render(
    {
      interval: '15s',
      input_series: links.flatMap(([instance], index) => [
        { series: series('uses', { instance, case: `${index}` }), values: '1x9' },
        { series: series('uses', { instance: 'off', case: `${index}` }), values: '1x9' },
        { series: series(recorded, { instance, command: 'a', function: `f${index}` }), values: '0.5 stale' },
      ]),
      alert_rule_test: links.map(([instance, , url], index) => ({
        alertname: `Link${index}`,
        eval_time: '1m',
        exp_alerts: [
          { exp_labels: { ...labels, instance, case: `${index}` }, exp_annotations: { flamegraph_url: url } },
          { exp_labels: { ...labels, instance: 'off', case: `${index}` }, exp_annotations: { flamegraph_url: '' } },
        ],
      })),
    },
    { groups: [{ name: 'names', rules }] },
  );
  expect(found).toContain('SUCCESS');
});

/** What a text calls a process with these labels; absent ones are empty. */
const called: readonly (readonly [readonly IdentityLabel[], Readonly<Record<string, string>>, string])[] = [
  [['command'], { command: 'node' }, 'node'],
  [['unit', 'command'], { unit: 'nginx.service', command: 'node' }, 'node in nginx.service'],
  [['unit', 'command'], { command: 'node' }, 'node'],
  [['unit'], { unit: 'nginx.service' }, 'nginx.service'],
  [['unit'], {}, '(no unit)'],
  [
    ['slice', 'unit', 'command'],
    { unit: 'a.service', slice: 'b.slice', command: 'node' },
    'node in a.service, b.slice',
  ],
  [['slice', 'unit', 'command'], { slice: 'b.slice', command: 'node' }, 'node in b.slice'],
  [['namespace', 'pod', 'container'], { namespace: 'shop', pod: 'web-0', container: 'app' }, 'shop/web-0 (app)'],
  [['namespace', 'pod', 'container'], { container: 'redis' }, 'redis'],
  [['namespace', 'pod', 'container'], { namespace: 'shop', pod: 'web-0' }, 'shop/web-0'],
  [['namespace', 'pod', 'container'], {}, '(no container)'],
  [
    ['command', 'pod', 'container', 'image'],
    { pod: 'web-0', container: 'app', image: 'node:22', command: 'node' },
    'node in web-0 (app), node:22',
  ],
  [['container_id', 'cgroup'], { container_id: '4f2a', cgroup: '/docker/4f2a' }, '4f2a, /docker/4f2a'],
  [['image'], {}, '(no image)'],
  ...hostileNames.map(
    (name) =>
      [
        ['namespace', 'pod', 'unit', 'command'],
        { namespace: name, pod: name, unit: name, command: name },
        `${name} in ${name}/${name}, ${name}`,
      ] as const,
  ),
] as const;

test('texts name an identity whatever labels are empty, and whatever the names are', isRun, () => {
  const rules = called.map(([identity], index) => ({
    alert: `Who${index}`,
    expr: `uses{case="${index}"} > 0`,
    annotations: {
      alert: identityOf(identity).who('$labels'),
      row: `{{ range ${query(`uses{case="${index}",${identityOf(identity).same}}`)} }}${identityOf(identity).who('.Labels')}{{ end }}`,
    },
  }));
  const found = render(
    {
      interval: '15s',
      input_series: called.map(([, place], index) => ({
        series: series('uses', { case: `${index}`, ...place }),
        values: '1x9',
      })),
      alert_rule_test: called.map(([, place, who], index) => ({
        alertname: `Who${index}`,
        eval_time: '1m',
        exp_alerts: [
          { exp_labels: { ...labels, case: `${index}`, ...place }, exp_annotations: { alert: who, row: who } },
        ],
      })),
    },
    { groups: [{ name: 'names', rules }] },
  );
  expect(found).toContain('SUCCESS');
});
