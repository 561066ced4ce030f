/**
 * Writes what Kubernetes needs of the folders alerts/ and dashboards/: the PrometheusRule, and for both folders the list from
 * which kustomize makes ConfigMaps (it reads no files outside of the folder that lists them). Also writes the components that mount the
 * folders in which container runtimes name containers.
 * Usage: node deployments/kubernetes/generate.mjs
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const notice = '# Made by deployments/kubernetes/generate.mjs.\n';

/** Folders of container runtimes on a node. Only these: next to them are sockets, and who can connect to one is root. */
const runtimeFolders = {
  containerd: ['/run/containerd/io.containerd.runtime.v2.task'],
  'cri-o': ['/run/containers/storage'],
  docker: ['/var/lib/docker/containers'],
  k3s: ['/run/k3s/containerd/io.containerd.runtime.v2.task'],
};

/** @returns {Record<string, string>} the text of every generated file by its path in the project */
export function generatedFiles() {
  const rules = filesOf('alerts/rules', '.yaml');
  const dashboards = filesOf('dashboards', '.json');
  return {
    'alerts/kustomization.yaml': kustomization([
      { name: 'santabpf-rules', files: rules.map((name) => `rules/${name}`) },
    ]),
    'dashboards/kustomization.yaml': kustomization(
      dashboards.map((name) => ({ name: `dashboard-${name.replace(/[.]json$/, '')}`, files: [name] })),
      // What the sidecar of Grafana's Helm chart, and so kube-prometheus-stack, looks for.
      { grafana_dashboard: '1' },
    ),
    'deployments/kubernetes/base/prometheus-rule.yaml': document({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'santabpf' },
      spec: { groups: rules.flatMap((name) => parse(readFileSync(join(root, 'alerts/rules', name), 'utf8')).groups) },
    }),
    ...Object.fromEntries(
      Object.entries(runtimeFolders).map(([runtime, folders]) => [
        `deployments/kubernetes/components/names-${runtime}/kustomization.yaml`,
        namesComponent(runtime, folders),
      ]),
    ),
  };
}

/**
 * A component that mounts folders of a runtime. Containers come and go in them, so mounts have to follow those of the node.
 * @param {string} runtime
 * @param {string[]} folders
 */
function namesComponent(runtime, folders) {
  const patch = folders.flatMap((path, index) => {
    const name = `names-${runtime}${index === 0 ? '' : `-${index}`}`;
    const mount = { name, mountPath: join('/host/root', path), readOnly: true, mountPropagation: 'HostToContainer' };
    return [
      { op: 'add', path: '/spec/template/spec/volumes/-', value: { name, hostPath: { path, type: 'Directory' } } },
      { op: 'add', path: '/spec/template/spec/containers/0/volumeMounts/-', value: mount },
    ];
  });
  return document({
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: [{ target: { kind: 'DaemonSet', name: 'santabpf' }, patch: stringify(patch, { lineWidth: 0 }) }],
  });
}

/**
 * @param {string} folder
 * @param {string} ending
 */
function filesOf(folder, ending) {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort();
}

/**
 * @param {{ name: string, files: string[] }[]} configMaps
 * @param {Record<string, string>} [labels]
 */
function kustomization(configMaps, labels) {
  return document({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    generatorOptions: { disableNameSuffixHash: true, ...(labels && { labels }) },
    configMapGenerator: configMaps,
  });
}

/** @param {unknown} content */
function document(content) {
  return notice + stringify(content, { lineWidth: 0 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(generatedFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
