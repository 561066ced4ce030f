/** Letters of the random parts of pod names, which Kubernetes chooses so that they make no words. */
const safe = '[bcdfghjklmnpqrstvwxz2456789]';

/** Pods of deployments end with two random parts, those of daemon sets and jobs with one, those of stateful sets with a number. */
export const podName = `(.+?)(?:-${safe}{6,10})?-(?:${safe}{5}|[0-9]+)`;

/** The recording rule of kubernetes-mixin that knows the workload of each pod. */
const owners = 'max by (namespace, pod, workload) (namespace_workload_pod:kube_pod_owner:relabel)';

/**
 * Sums by namespace and workload. The workload is that of the recording rule of kubernetes-mixin or, without that rule, what the name of the
 * pod begins with.
 * @param expression series with the labels namespace and pod
 */
export function byWorkload(expression: string): string {
  const known = `(${expression}) * on (namespace, pod) group_left (workload) ${owners}`;
  const itself = `label_replace(${expression}, "workload", "$1", "pod", "(.+)")`;
  const named = `label_replace(${itself}, "workload", "$1", "pod", "${podName}")`;
  return `sum by (namespace, workload) (${known} or on (namespace, pod) ${named})`;
}
