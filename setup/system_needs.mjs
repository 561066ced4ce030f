/**
 * The system packages that the project needs. A need is met when one of its commands is on the PATH or one of its files
 * exists, wherever it came from. The Debian package is installed only for needs that are not met.
 *
 * @typedef {object} Need
 * @property {string} name the Debian package
 * @property {string} reason why the project needs it
 * @property {'build' | 'test'} purpose that needs it; tests need everything
 * @property {readonly RegExp[]} [commands] whole names of commands, any of them is enough
 * @property {readonly string[]} [files] absolute paths, any of them is enough
 */

/** @type {readonly Need[]} */
export const needs = [
  { name: 'clang', purpose: 'build', reason: 'compiles the BPF programs', commands: [/^clang(-\d+)?$/] },
  {
    name: 'libbpf-dev',
    purpose: 'build',
    reason: 'loads BPF programs; its headers are used by the programs and the addon',
    files: ['/usr/include/bpf/libbpf.h', '/usr/local/include/bpf/libbpf.h'],
  },
  {
    name: 'libdw-dev',
    purpose: 'build',
    reason: 'reads symbol tables of programs, for stacks',
    files: ['/usr/include/elfutils/libdwfl.h', '/usr/local/include/elfutils/libdwfl.h'],
  },
  {
    name: 'linux-libc-dev',
    purpose: 'build',
    reason: 'kernel headers for the BPF programs',
    files: ['/usr/include/linux/bpf.h'],
  },
  { name: 'pkg-config', purpose: 'build', reason: 'finds libbpf for the addon', commands: [/^pkg-?conf(ig)?$/] },
  { name: 'g++', purpose: 'build', reason: 'compiles the addon', commands: [/^g\+\+$/, /^c\+\+$/] },
  { name: 'make', purpose: 'build', reason: 'builds the addon', commands: [/^make$/] },
  {
    name: 'python3',
    purpose: 'build',
    reason: 'runs node-gyp, which builds the addon',
    commands: [/^python3$/],
  },
  {
    name: 'prometheus',
    purpose: 'test',
    reason: 'a real Prometheus scrapes the exporter; promtool checks metrics, rules and alerts',
    commands: [/^promtool$/],
  },
  {
    name: 'prometheus-alertmanager',
    purpose: 'test',
    reason: 'a real Alertmanager receives the alerts',
    commands: [/^prometheus-alertmanager$/],
  },
  {
    name: 'python3-prometheus-client',
    purpose: 'test',
    reason: 'the official OpenMetrics parser',
    files: ['/usr/lib/python3/dist-packages/prometheus_client/__init__.py'],
  },
  { name: 'chromium', purpose: 'test', reason: 'opens the landing page in a browser', commands: [/^chromium$/] },
  {
    name: 'bpftool',
    purpose: 'test',
    reason: 'shows maps and programs independently of the addon',
    commands: [/^bpftool$/],
  },
  { name: 'iproute2', purpose: 'test', reason: 'makes network namespaces and devices', commands: [/^ip$/] },
  { name: 'iptables', purpose: 'test', reason: 'a firewall that drops packets', commands: [/^iptables$/] },
  { name: 'containerd', purpose: 'test', reason: 'runs containers', commands: [/^containerd$/, /^ctr$/] },
  { name: 'podman', purpose: 'test', reason: 'runs containers', commands: [/^podman$/] },
  { name: 'runc', purpose: 'test', reason: 'runs containers', commands: [/^runc$/] },
  { name: 'busybox-static', purpose: 'test', reason: 'the content of containers', files: ['/bin/busybox'] },
  { name: 'zsh', purpose: 'test', reason: 'runs its completion of commands', commands: [/^zsh$/] },
  { name: 'fish', purpose: 'test', reason: 'runs its completion of commands', commands: [/^fish$/] },
  { name: 'openssl', purpose: 'test', reason: 'makes certificates for the TLS tests', commands: [/^openssl$/] },
];

/** Debian services in the packages above. The set-up neither starts nor enables them. */
export const services = {
  prometheus: 'prometheus.service',
  'prometheus-alertmanager': 'prometheus-alertmanager.service',
  containerd: 'containerd.service',
  podman: 'podman.service',
};
