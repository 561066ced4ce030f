import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generatedFiles } from '../../deployments/kubernetes/generate.mjs';
import { parseArguments } from '../../src/cli/arguments.js';
import { HEALTH_PATHS } from '../../src/http/lifecycle_routes.js';
import { capabilities, defaultProbes, root, text, version, yaml } from './project.js';

type HealthCheck = { readonly httpGet: { readonly path: string; readonly port: string } };

interface Container {
  readonly startupProbe: HealthCheck;
  readonly readinessProbe: HealthCheck;
  readonly livenessProbe: HealthCheck;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { name: string; containerPort: number }[];
  readonly securityContext: { privileged: boolean; capabilities: { drop: string[]; add: string[] } };
  readonly volumeMounts: readonly { name: string; mountPath: string; readOnly: boolean }[];
}
interface DaemonSet {
  readonly spec: {
    readonly selector: { matchLabels: Record<string, string> };
    readonly template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: Container[]; volumes: { name: string }[] };
    };
  };
}
const folder = 'deployments/kubernetes';
const { spec } = yaml<DaemonSet>(`${folder}/base/daemon-set.yaml`);
const [container] = spec.template.spec.containers as [Container];

describe('DaemonSet', () => {
  test('runs the current version with valid flags on its port', () => {
    expect(container.image).toBe(`santabpf:${version}`);
    const { configFile, btfFile, web } = parseArguments(container.args);
    expect({ configFile, btfFile }).toEqual({
      configFile: '/etc/santabpf/santabpf.yaml',
      btfFile: '/sys/kernel/btf/vmlinux',
    });
    expect(container.ports).toEqual([{ name: 'metrics', containerPort: web.listenAddresses[0]!.port }]);
  });
  test('is asked for its health on paths that need no password', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
      expect(HEALTH_PATHS).toContain(httpGet.path);
      expect(httpGet.port).toBe('metrics');
    }
  });
  test('has the same capabilities as other deployments', () => {
    expect(container.securityContext).toMatchObject({
      privileged: false,
      capabilities: { drop: ['ALL'], add: capabilities },
    });
  });
  test('mounts each of its volumes read-only', () => {
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(spec.template.spec.volumes.map(({ name }) => name));
    for (const { readOnly } of container.volumeMounts) expect(readOnly).toBe(true);
  });
  test("mounts the node's file systems at the paths in its flags", () => {
    const { roots } = parseArguments(container.args);
    const mounted = container.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounted).toEqual(expect.arrayContaining([roots.sys, join(roots.root, 'etc')]));
  });
  test('is scraped with a limit of samples', () => {
    const monitor = yaml<{ spec: { sampleLimit: number } }>(`${folder}/base/pod-monitor.yaml`);
    const examples = [
      `${folder}/overlays/plain-prometheus/prometheus.yml`,
      'deployments/container/prometheus/prometheus.yml',
    ];
    expect(monitor.spec.sampleLimit).toBe(100_000);
    for (const example of examples) {
      const { scrape_configs } = yaml<{ scrape_configs: { job_name: string; sample_limit?: number }[] }>(example);
      const own = scrape_configs.find(({ job_name }) => job_name === 'santabpf');
      expect(own?.sample_limit, example).toBe(100_000);
    }
  });
  test('is scraped with its own labels namespace, pod and container', () => {
    type Monitor = { spec: { podMetricsEndpoints: { honorLabels?: boolean }[] } };
    const monitor = yaml<Monitor>(`${folder}/base/pod-monitor.yaml`);
    expect(monitor.spec.podMetricsEndpoints.map(({ honorLabels }) => honorLabels)).toEqual([true]);
    for (const example of [
      `${folder}/overlays/plain-prometheus/prometheus.yml`,
      'deployments/container/prometheus/prometheus.yml',
    ]) {
      const { scrape_configs } = yaml<{ scrape_configs: { job_name: string; honor_labels?: boolean }[] }>(example);
      expect(scrape_configs.find(({ job_name }) => job_name === 'santabpf')?.honor_labels, example).toBe(true);
    }
  });
  test.each(readdirSync(join(root, folder, 'components')).filter((name) => name.startsWith('names-')))(
    'the component %s mounts folders read-only, without the sockets next to them',
    (component) => {
      const { patches } = yaml<{ patches: { patch: string }[] }>(
        `${folder}/components/${component}/kustomization.yaml`,
      );
      const values = (parse(patches[0]!.patch) as { value: Record<string, unknown> }[]).map(({ value }) => value);
      const paths = values.flatMap(({ hostPath }) => (hostPath ? [(hostPath as { path: string }).path] : []));
      const mounts = values.filter(({ mountPath }) => mountPath);
      const { roots } = parseArguments(container.args);
      expect(mounts.map(({ mountPath }) => mountPath)).toEqual(paths.map((path) => join(roots.root, path)));
      for (const mount of mounts) expect(mount).toMatchObject({ readOnly: true, mountPropagation: 'HostToContainer' });
      for (const path of paths) expect(['/run', '/run/containerd', '/var/run', '/run/k3s', '/']).not.toContain(path);
    },
  );
  test('has the labels that the PodMonitor and the Service select', () => {
    const { labels } = spec.template.metadata;
    const monitor = yaml<{ spec: { selector: unknown } }>(`${folder}/base/pod-monitor.yaml`);
    const service = yaml<{ spec: { selector: unknown } }>(`${folder}/overlays/plain-prometheus/service.yaml`);
    expect(spec.selector.matchLabels).toEqual(labels);
    expect(monitor.spec.selector).toEqual({ matchLabels: labels });
    expect(service.spec.selector).toEqual(labels);
  });
});

test('the nodes run the default probes', () => {
  expect(yaml(`${folder}/base/santabpf.yaml`)).toMatchObject({ probes: defaultProbes });
});

test.each(Object.entries(generatedFiles()))(
  '%s is current (node deployments/kubernetes/generate.mjs)',
  (path, content) => {
    expect(text(path)).toBe(content);
  },
);

const kustomizations = readdirSync(join(root, folder), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('kustomization.yaml'));

test.each(kustomizations)('every resource in %s exists', (path) => {
  const { resources = [] } = yaml<{ resources?: string[] }>(`${folder}/${path}`);
  for (const resource of resources) {
    const place = join(root, folder, dirname(path), resource);
    const file = statSync(place).isDirectory() ? join(place, 'kustomization.yaml') : place;
    expect(statSync(file).isFile(), file).toBe(true);
  }
});
