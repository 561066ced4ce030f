/**
 * What the project takes from the system, and why. A need counts as there when one of its commands is on the PATH
 * or one of its files exists, wherever it came from; only then is the Debian package not asked for.
 *
 * @typedef {object} Need
 * @property {string} name the Debian package
 * @property {string} reason why the project needs it
 * @property {'start' | 'test'} since from which purpose on
 * @property {readonly RegExp[]} [commands] whole names of commands, any of which will do
 * @property {readonly string[]} [files] absolute paths, any of which will do
 */

/** @type {readonly Need[]} */
export const needs = [
  { name: 'clang', since: 'start', reason: 'compiles the BPF programs', commands: [/^clang(-\d+)?$/] },
  {
    name: 'libbpf-dev',
    since: 'start',
    reason: 'loads BPF programs; its headers are used by the programs and the addon',
    files: ['/usr/include/bpf/libbpf.h', '/usr/local/include/bpf/libbpf.h'],
  },
  {
    name: 'linux-libc-dev',
    since: 'start',
    reason: 'kernel headers for the BPF programs',
    files: ['/usr/include/linux/bpf.h'],
  },
  { name: 'pkg-config', since: 'start', reason: 'finds libbpf for the addon', commands: [/^pkg-?conf(ig)?$/] },
  { name: 'g++', since: 'start', reason: 'compiles the addon', commands: [/^g\+\+$/, /^c\+\+$/] },
  { name: 'make', since: 'start', reason: 'builds the addon', commands: [/^make$/] },
  {
    name: 'python3',
    since: 'start',
    reason: 'node-gyp, which builds the addon, is written in it',
    commands: [/^python3$/],
  },
  {
    name: 'prometheus',
    since: 'test',
    reason: 'a real Prometheus scrapes the exporter; promtool checks metrics, rules and alerts',
    commands: [/^promtool$/],
  },
  {
    name: 'prometheus-alertmanager',
    since: 'test',
    reason: 'a real Alertmanager receives the alerts',
    commands: [/^prometheus-alertmanager$/],
  },
  {
    name: 'python3-prometheus-client',
    since: 'test',
    reason: 'the official OpenMetrics parser',
    files: ['/usr/lib/python3/dist-packages/prometheus_client/__init__.py'],
  },
  { name: 'chromium', since: 'test', reason: 'opens the landing page as a person would', commands: [/^chromium$/] },
  {
    name: 'bpftool',
    since: 'test',
    reason: 'a second opinion on what maps hold and what is loaded',
    commands: [/^bpftool$/],
  },
  { name: 'openssl', since: 'test', reason: 'makes certificates for the TLS tests', commands: [/^openssl$/] },
];

/** Debian services that come with the packages above: neither started nor enabled by the set-up. */
export const services = {
  prometheus: 'prometheus.service',
  'prometheus-alertmanager': 'prometheus-alertmanager.service',
};
