import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repository } from '../../alerts/rule_files.js';
import { needs } from '../../harness/requirements.js';

/** Renders a shipped template for alerts with these severities, which another grouping than the shipped one can bring together. */
function render(template: string, firing: readonly string[], resolved: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-templates-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const alertOf = (status: string) => (severity: string) => ({
    status,
    labels: { severity, instance: 'web1' },
    annotations: { summary: `A ${severity}`, description: 'A test.' },
    startsAt: '2026-11-26T18:30:05Z',
    endsAt: '2026-11-26T18:40:05Z',
  });
  const data = {
    status: firing.length > 0 ? 'firing' : 'resolved',
    alerts: [...firing.map(alertOf('firing')), ...resolved.map(alertOf('resolved'))],
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://localhost:9093',
  };
  writeFileSync(join(folder, 'data.json'), JSON.stringify(data));
  const words = [
    ['--template.glob', join(repository, 'alerts/alertmanager/santabpf.tmpl')],
    ['--template.data', join(folder, 'data.json')],
    ['--template.type', template.endsWith('html') ? 'html' : 'text'],
    ['--template.text', `{{ template "${template}" . }}`],
  ];
  return execFileSync('amtool', ['template', 'render', ...words.flat()], { encoding: 'utf8', stdio: 'pipe' });
}

describe('a notification of several severities', needs({ commands: ['amtool'] }), () => {
  test.each([
    ['the worst that fires', ['warning', 'critical', 'info'], [], '[FIRING critical] A warning, and 2 more', 'danger'],
    ['not the worst that is over', ['info', 'warning'], ['critical'], '[FIRING warning] A info, and 2 more', 'warning'],
    ['only what is worth knowing', ['info'], ['warning'], '[FIRING info] A info, and 1 more', '#439fe0'],
    ['the end of all', [], ['warning', 'critical'], '[RESOLVED critical] A warning, and 1 more', 'good'],
  ])('has the subject and color of %s', (_, firing, resolved, subject, color) => {
    expect(render('santabpf.subject', firing, resolved)).toBe(subject);
    expect(render('santabpf.slack.title', firing, resolved)).toBe(subject);
    expect(render('santabpf.slack.color', firing, resolved)).toBe(color);
  });

  test('says of each alert whether it is over', () => {
    const text = render('santabpf.text', ['warning'], ['critical']);
    expect(text).toContain('A warning\nHost: web1\nSeverity: warning\nSince: 2026-11-26 18:30:05 UTC\n');
    expect(text).toContain(
      'Resolved: A critical\nHost: web1\nSeverity: critical\nSince: 2026-11-26 18:30:05 UTC, for 10m0s\n',
    );
    expect(render('santabpf.html', ['warning'], ['critical'])).toContain('>Resolved: A critical</h2>');
  });

  test('has no links that its alerts do not have', () => {
    expect(render('santabpf.text', ['warning'])).not.toMatch(/What to do|Dashboard/);
    expect(render('santabpf.html', ['warning']).match(/<a /g)).toHaveLength(1);
  });
});
