import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configFor } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { logOf, santabpf } from '../command.js';
import { kernelObjectsOf } from '../kernel_objects.js';
import { exporterOf, fixtureNeeds, Scrape } from '../probes.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a start that must fail, and returns its only log line. */
function refusal(words: readonly string[], uid?: number) {
  const output = santabpf(['--log.format=json', ...words], uid);
  expect({ status: output.status, stdout: output.stdout }).toEqual({ status: 1, stdout: '' });
  const log = logOf(output);
  expect(log).toHaveLength(1);
  expect(log[0]!.msg).not.toContain('\n');
  return log[0]!;
}

describe('the start', needs(fixtureNeeds), () => {
  it('fails if the port is in use, and does not disturb the running exporter', async () => {
    const exporter = await exporterOf({ config: configFor('syscalls') });
    const before = kernelObjectsOf(exporter.process.pid!);
    const line = refusal([
      `--web.listen-address=${new URL(exporter.url).host}`,
      `--config.file=${exporter.configFile}`,
    ]);
    expect(line).toMatchObject({ level: 'error', code: 'LISTEN_FAILED', msg: expect.stringContaining('EADDRINUSE') });
    expect(kernelObjectsOf(exporter.process.pid!)).toEqual(before);
    expect((await Scrape.of(exporter)).states().get('syscalls')).toBe('up');
  });

  it('fails if the second of two ports is in use', async () => {
    const [taken, free] = [createServer(), createServer()];
    const ports = await Promise.all(
      [taken, free].map(
        (server) =>
          new Promise<number>((resolve) => {
            server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
          }),
      ),
    );
    await new Promise((resolve) => free.close(resolve));
    const addresses = [ports[1], ports[0]].map((port) => `--web.listen-address=127.0.0.1:${port}`);
    expect(refusal(addresses)).toMatchObject({ code: 'LISTEN_FAILED' });
    taken.close();
  });

  it('fails on an address of another machine', () => {
    const line = refusal(['--web.listen-address=192.0.2.1:0']);
    expect(line).toMatchObject({ code: 'LISTEN_FAILED', msg: expect.stringContaining('EADDRNOTAVAIL') });
  });

  it('fails if the configuration cannot be read', () => {
    expect(refusal(['--config.file=/nonexistent/santabpf.yaml'])).toMatchObject({ code: 'CONFIG_UNREADABLE' });
    expect(refusal([`--config.file=${folder}`])).toMatchObject({ code: 'CONFIG_UNREADABLE' });
    const secret = join(folder, 'secret.yaml');
    writeFileSync(secret, configFor('syscalls'), { mode: 0 });
    chmodSync(folder, 0o755);
    const line = refusal([`--config.file=${secret}`], 65534);
    expect(line).toMatchObject({ code: 'CONFIG_UNREADABLE', msg: expect.stringContaining('permission denied') });
  });

  it.each([
    ['--config.file', 'CONFIG_UNREADABLE'],
    ['--web.config.file', 'WEB_CONFIG_UNREADABLE'],
    ['--bpf.btf-file', 'KERNEL_BTF_FILE'],
  ])('fails if %s is a pipe, without waiting for its writer', (flag, code) => {
    const pipe = join(folder, `pipe${flag}`);
    execFileSync('mkfifo', [pipe]);
    expect(refusal([`${flag}=${pipe}`])).toMatchObject({ code, msg: expect.stringContaining('regular file') });
  });

  it.each([
    ['--config.file', 'CONFIG_UNREADABLE', 2 ** 20],
    ['--web.config.file', 'WEB_CONFIG_UNREADABLE', 2 ** 20],
    ['--bpf.btf-file', 'KERNEL_BTF_FILE', 2 ** 30],
  ])('fails if %s is a byte too large', (flag, code, limit) => {
    const file = join(folder, `large${flag}`);
    writeFileSync(file, '');
    truncateSync(file, limit + 1);
    expect(refusal([`${flag}=${file}`])).toMatchObject({ code, msg: expect.stringMatching(/[Ll]arger than|MiB/) });
  });

  it('fails if a probe file cannot be read', () => {
    mkdirSync(join(folder, 'probes/syscalls.yaml'), { recursive: true });
    const file = join(folder, 'santabpf.yaml');
    writeFileSync(file, 'probes: [syscalls]\n');
    expect(refusal([`--config.file=${file}`]).code).toMatch(/^CONFIG_/);
  });
});
