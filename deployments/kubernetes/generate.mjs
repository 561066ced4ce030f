/**
 * Writes what Kubernetes needs of the folders alerts/ and dashboards/: the PrometheusRule, and for both folders the list from
 * which kustomize makes ConfigMaps (it reads no files outside of the folder that lists them).
 * Usage: node deployments/kubernetes/generate.mjs
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const notice = '# Made by deployments/kubernetes/generate.mjs.\n';

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
  };
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
  for (const [path, text] of Object.entries(generatedFiles())) writeFileSync(join(root, path), text);
}
