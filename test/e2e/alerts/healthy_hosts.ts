import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lengthened, type Phase } from '../../alerts/healthy_hosts/lengthened.js';
import { type SimulatedHost, sampled, silence } from '../../alerts/healthy_hosts/promtool_test.js';
import { read } from '../../alerts/healthy_hosts/recording.mjs';
import { repository, ruleFiles, stems } from '../../alerts/rule_files.js';
import { promtool } from '../../harness/promtool.js';
import { needs } from '../../harness/requirements.js';

const recordings = 'test/alerts/healthy_hosts/recordings';
const recording = (name: string) => read(join(repository, recordings, `${name}.json.gz`));
const idle = (minutes: number): Phase => ({ recording: recording('idle'), minutes });
/** Names of the recordings of busy hosts. */
export const busyHosts = stems(recordings, '.json.gz').filter((name) => name !== 'idle');
const hour = 60;
const day = 24 * hour;

/** On hosts that work hard and are healthy, no shipped alert fires. */
export function describeHealthyHosts(names: readonly string[]): void {
  describe('healthy hosts', needs({ commands: ['promtool'] }), () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-hosts-'));
    const shipped = ruleFiles.map((file) => join(repository, file));
    let rarely: string[] = [];

    beforeAll(() => {
      const output = join(folder, 'rules');
      mkdirSync(output);
      const words = ['run', '-s', 'alerts', '--', '--set', 'interval=60s', '--output', output];
      execFileSync('npm', words, { cwd: repository, stdio: 'pipe' });
      rarely = ruleFiles.map((file) => file.replace('alerts/rules', output));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** What promtool says about rules that must stay silent, evaluated every `evaluation` seconds. */
    async function verdict(host: SimulatedHost, rules: readonly string[], evaluation: number): Promise<string> {
      const file = join(folder, `${host.name}_${host.interval}s.test.yaml`);
      writeFileSync(file, silence([host], rules, evaluation));
      return promtool('test', 'rules', file);
    }

    const passed = /^Unit Testing: .*\n {2}SUCCESS\n+$/;

    describe.concurrent.each(names)('%s', (name) => {
      // The load begins on a host that nobody knows yet, ends, begins again on a host whose past is idle, and ends.
      const life = lengthened([
        { recording: recording(name), minutes: 20 },
        idle(62),
        { recording: recording(name), minutes: 40 },
        idle(10),
      ]);

      test('no alert fires', { timeout: 240_000 }, async ({ expect }) => {
        expect(await verdict({ name, interval: 15, series: life }, shipped, 60)).toMatch(passed);
      });

      test('no alert of rules for a scrape interval of 60 s fires', { timeout: 240_000 }, async ({ expect }) => {
        expect(await verdict({ name, interval: 60, series: sampled(life, 4) }, rarely, 60)).toMatch(passed);
      });

      test('no alert fires when it begins half an hour later than on the seven days before', {
        timeout: 240_000,
      }, async ({ expect }) => {
        const phases = Array.from({ length: 8 }, (_, today) => {
          const delay = today === 7 ? 30 : 0;
          return [idle(hour + delay), { recording: recording(name), minutes: 90 }, idle(day - 150 - delay)];
        });
        const week = lengthened(phases.flat(), metricsOfPast);
        const past = shipped.filter((file) => file.endsWith('/past.yaml'));
        expect(await verdict({ name, interval: 300, series: sampled(week, 20) }, past, 300)).toMatch(passed);
      });
    });

    test('a rule that fires on such a host is reported', async () => {
      const canary = join(folder, 'canary.yaml');
      const rules = [{ alert: 'Canary', expr: 'rate(santabpf_cpu_seconds_total{command="cc1"}[1m]) > 0.1' }];
      writeFileSync(canary, JSON.stringify({ groups: [{ name: 'canary', rules }] }));
      const series = lengthened([idle(10), { recording: recording('build'), minutes: 10 }]);
      const said = await verdict({ name: 'canary', interval: 15, series }, [canary], 15);
      expect(said).toContain('alertname="Canary"');
    });
  });
}

/** The metrics of the rules that compare with past days. */
const metricsOfPast = new Set([
  'santabpf_execs_total',
  'santabpf_syscall_errors_total',
  'santabpf_block_io_duration_seconds_sum',
  'santabpf_block_io_duration_seconds_count',
]);
