import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../setup/system_needs.mjs';
import { parseArguments } from '../../src/cli/arguments.js';
import { capabilities, root, text, version, yaml } from './project.js';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}
const folder = 'deployments/container';
const compose = yaml<{ services: Record<string, Service>; volumes: Record<string, null> }>(`${folder}/compose.yaml`);
const services = Object.entries(compose.services);
const containerfile = text(`${folder}/Containerfile`).replaceAll('\\\n', ' ');
const stages = containerfile.split(/^(?=FROM )/m).slice(1);

describe('Containerfile', () => {
  test('the build stage installs the packages that the set-up needs', () => {
    const installed = /--no-install-recommends\s+(.+?)\s+&&/.exec(stages[0]!)![1]!.split(/\s+/);
    expect(installed.sort()).toEqual(
      needs
        .filter(({ purpose }) => purpose === 'build')
        .map(({ name }) => name)
        .sort(),
    );
  });
  test('the last stage installs only libbpf and libdw', () => {
    expect(stages).toHaveLength(2);
    expect(/--no-install-recommends\s+(.+?)\s+&&/.exec(stages[1]!)![1]).toBe('libbpf1 libdw1');
  });
  test('both stages use the same base image, a supported Node.js', () => {
    const [build, run] = stages.map((stage) => /^FROM (\S+)/.exec(stage)![1]);
    expect(run).toBe(build);
    expect(run).toMatch(/^docker[.]io\/library\/node:20-/);
  });
  test('starts the exporter with valid flags and publishes its port', () => {
    const flags = JSON.parse(/^CMD (\[.+\])$/m.exec(containerfile)![1]!) as string[];
    const { port } = parseArguments(flags).web.listenAddresses[0]!;
    expect(containerfile).toContain(`EXPOSE ${port}\n`);
    expect(containerfile).toContain(`fetch('http://127.0.0.1:${port}/-/healthy')`);
  });
  test('every path in the build context exists', () => {
    const given = text(`${folder}/Containerfile.dockerignore`).match(/(?<=^!).+$/gm)!;
    expect(given.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  test.each(services)('%s listens on loopback only and drops all capabilities', (_, service) => {
    expect(service.ports.length).toBeGreaterThan(0);
    for (const port of service.ports) expect(port).toMatch(/^127[.]0[.]0[.]1:(\d+):\1$/);
    expect(service.cap_drop).toEqual(['ALL']);
  });
  test.each(services)('every volume of %s exists', (_, { volumes }) => {
    for (const source of volumes.map((volume) => volume.split(':')[0]!)) {
      if (source.startsWith('.')) expect(existsSync(join(root, folder, source)), source).toBe(true);
      else if (!source.startsWith('/')) expect(compose.volumes).toHaveProperty(source);
    }
  });
  test('the exporter has the current version, valid flags and the same capabilities as other deployments', () => {
    const exporter = compose.services.exporter!;
    expect(exporter.image).toBe(`santabpf:${version}`);
    expect(exporter.cap_add).toEqual(capabilities);
    const { web, btfFile, roots } = parseArguments(exporter.command!);
    const mounted = exporter.volumes.map((volume) => volume.split(':')[1]!);
    expect(mounted).toEqual(expect.arrayContaining([roots.sys, join(roots.root, 'etc')]));
    expect(exporter.ports[0]!.endsWith(`:${web.listenAddresses[0]!.port}`)).toBe(true);
    expect(btfFile).toBe('/sys/kernel/btf/vmlinux');
  });
  test('Prometheus refers to the exporter and Alertmanager by their service names and ports', () => {
    const configuration = text(`${folder}/prometheus/prometheus.yml`);
    for (const [name, port] of [
      ['exporter', 10225],
      ['alertmanager', 9093],
    ] as const) {
      expect(configuration).toContain(`targets: [${name}:${port}]`);
      expect(compose.services[name]!.ports[0]).toContain(`:${port}`);
    }
  });
  test('Grafana loads dashboards from the folder where they are mounted', () => {
    const { providers } = yaml<{ providers: { options: { path: string } }[] }>(
      `${folder}/grafana/provisioning/dashboards/santabpf.yaml`,
    );
    expect(compose.services.grafana!.volumes).toContain(`../../dashboards:${providers[0]!.options.path}:ro`);
  });
  test('every image is pinned to a version', () => {
    for (const [, { image }] of services) expect(image).toMatch(/:v?\d+[.]\d+[.]\d+$/);
  });
});
