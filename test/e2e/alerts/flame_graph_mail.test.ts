import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { files } from '../../../alerts/src/index.js';
import { loadParameters, shippedParameters } from '../../../alerts/src/parameter_file.js';
import { type JsonSink, startJsonSink } from '../../harness/json_sink.js';
import { type MailSink, startMailSink } from '../../harness/mail_sink.js';
import { needs } from '../../harness/requirements.js';
import { accelerated, factor, scrapeInterval } from '../../scenarios/pace.mjs';
import { startAlertmanager } from '../../scenarios/stack.mjs';
import { PrometheusServer } from '../prometheus_server.js';
import { until } from '../until.js';
import { shippedReceivers } from './shipped_receivers.js';

/** CPUs in use now and an hour ago, on two CPUs for which tasks wait. */
const usage = [
  ['pi.service', 'cruncher', 1.6, 0.06],
  ['ssh.service', 'sshd', 0.24, 0.03],
] as const;

/** What an exporter with the flight recorder says `seconds` after its start. */
function metrics(seconds: number): string {
  return [
    ...usage.map(
      ([unit, command, cpus]) =>
        `santabpf_cpu_seconds_total{unit="${unit}",command="${command}"} ${(cpus * seconds).toFixed(3)}`,
    ),
    `santabpf_runqueue_wait_seconds_sum ${(8 * seconds).toFixed(3)}`,
    'santabpf_cpus_online 2',
    'santabpf_profile_function_cpu_ratio{command="cruncher",function="chudnovsky"} 0.61',
    'santabpf_profile_function_cpu_ratio{command="cruncher",function="Digits<8>::find(int const&)"} 0.13',
    '',
  ].join('\n');
}

/** The recorded series around an hour ago, which is 480 s at the pace of the scenarios. */
function past(instance: string): string {
  const hour = 3600 / factor;
  const now = Math.floor(Date.now() / 1000);
  const times = Array.from({ length: hour / 2 }, (_, index) => now - hour - 60 + index * scrapeInterval);
  const host = `job="santabpf",instance="${instance}"`;
  const course = (series: string, value: number) => times.map((time) => `${series} ${value} ${time}`);
  return [
    ...usage.flatMap(([unit, command, , before]) =>
      course(`instance_unit_command:santabpf_cpu_seconds:rate1m{${host},unit="${unit}",command="${command}"}`, before),
    ),
    ...course(`instance:santabpf_cpu_seconds:rate1m{${host}}`, 0.09),
    '# EOF\n',
  ].join('\n');
}

describe(
  'a mail about a busy CPU, by Prometheus and Alertmanager',
  needs({ commands: ['prometheus', 'promtool', 'prometheus-alertmanager'] }),
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-flame-'));
    let exporter: Server;
    let address: string;
    let mailSink: MailSink;
    let other: JsonSink<unknown>;
    let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
    let prometheus: PrometheusServer;

    beforeAll(async () => {
      const start = Date.now();
      exporter = createServer((_, response) => response.end(metrics((Date.now() - start) / 1000)));
      exporter.listen(0, '127.0.0.1');
      await once(exporter, 'listening');
      address = `127.0.0.1:${(exporter.address() as AddressInfo).port}`;
      mailSink = await startMailSink();
      other = await startJsonSink();
      const addresses = { smarthost: mailSink.address, slack: other.url, webhook: other.url };
      alertmanager = await startAlertmanager(folder, shippedReceivers(addresses, ['admins', 'news']));
      const parameters = loadParameters(shippedParameters, ['identity=unit,command', 'SantaCpuHigh.for=30s']);
      prometheus = await PrometheusServer.start(
        { santabpf: `http://${address}/metrics` },
        {
          interval: `${scrapeInterval}s`,
          ruleFiles: [accelerated(files(parameters).get('cpu.yaml')!)],
          alertmanager: alertmanager.url,
          history: past(address),
        },
      );
    });

    afterAll(async () => {
      await prometheus?.stop();
      await alertmanager?.stop();
      await mailSink?.stop();
      await other?.stop();
      exporter?.close();
      exporter?.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    });

    test('names the culprits now and an hour ago, the hottest functions, and the flame graph of its time', async () => {
      const isIt = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
        headers.subject === `[FIRING warning] High CPU usage on ${address}`;
      await until('a mail', () => mailSink.mails.some(isIt), 50_000);
      const { text, html } = mailSink.mails.find(isIt)!;
      expect(text).toContain(
        [
          'Top commands, by share:',
          '- cruncher in pi.service: 87% (an hour ago: 3%)',
          '- sshd in ssh.service: 13% (an hour ago: 2%)',
          'Hottest functions of the last minute, by share of the CPU samples:',
          '- chudnovsky in cruncher: 61%',
          '- Digits<8>::find(int const&) in cruncher: 13%',
          '',
        ].join('\n'),
      );
      const [, link, at] = /^Flame graph: (http:\S+\/flamegraph\?at=(\d+)&window=5m)$/m.exec(text)!;
      expect(link).toBe(`http://${address}/flamegraph?at=${at}&window=5m`);
      expect(Math.abs(Date.now() / 1000 - Number(at))).toBeLessThan(60);
      expect(html).toContain(`href="${link!.replace('&', '&amp;')}"`);
      expect(html).toContain('>an hour ago: 3%</td>');
    });
  },
);
