import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { configFor, type RunningExporter, shippedProbePath } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import {
  exporterOf,
  faultyProbe,
  fixtureNeeds,
  mainFileOf,
  objectOf,
  Scrape,
  shownProbes,
  tell,
  toldProbe,
} from '../probes.js';

const kind = 3;
const folder = mkdtempSync(join(tmpdir(), 'santabpf-host-'));
afterAll(() => rmSync(folder, { recursive: true }));

const typelessProbe = () => `probe: typeless
summary: Calls counted without a type of the kernel.
object: ${objectOf('typeless')}
metrics:
  - { name: typeless_calls_total, type: counter, help: Calls., map: calls }
`;

/** Runs the exporter with file systems mounted by this script, in a mount namespace of its own. */
function mounted(script: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${script}\nexec "$@"`, 'sh'];
}

function hidden(path: string): string {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  return `mount --bind ${join(folder, 'empty')} ${path}`;
}

/** What must hold if no probe can run: one sentence comes first, everything answers. */
async function expectNoneUp(
  exporter: RunningExporter,
  state: 'down' | 'unsupported',
  code: string,
  sentence: RegExp,
): Promise<void> {
  const [first, ...rest] = exporter.entries();
  const level = state === 'down' ? 'error' : 'warn';
  expect(first).toMatchObject({ level, code, msg: expect.stringMatching(sentence) });
  expect(first!.msg).not.toContain('\n');
  expect(rest.filter((entry) => entry.level !== 'info')).toEqual([]);
  const probes = Object.values(await shownProbes(exporter));
  expect(probes.length).toBeGreaterThan(1);
  for (const { state: shown, reason } of probes) {
    expect({ state: shown, ...reason }).toEqual({ state, code, message: first!.msg, remedy: first!.remedy });
  }
  const scrape = await Scrape.of(exporter);
  expect([...scrape.states().values()]).toEqual(probes.map(() => state));
  expect(scrape.value('config_last_reload_successful')).toBe(1);
  expect(await exporter.get('/-/ready')).toContain('ready');
  expect(await exporter.get('/')).toContain(code);
  expect(await exporter.stop()).toBe(0);
}

describe('a host without type information', needs(fixtureNeeds), () => {
  it('runs the probes that need none', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'typeless', 'syscalls'),
      files: { 'told.yaml': toldProbe({ kind }), 'typeless.yaml': typelessProbe() },
      wrapper: mounted(hidden('/sys/kernel/btf')),
    });
    const { told, syscalls, typeless } = await shownProbes(exporter);
    expect(told).toMatchObject({ state: 'unsupported', reason: { code: 'KERNEL_NO_BTF' } });
    expect(syscalls).toMatchObject({ state: 'unsupported', reason: { code: 'KERNEL_NO_BTF' } });
    expect(typeless).toMatchObject({ state: 'up' });
    expect(exporter.entries()[0]).toMatchObject({ code: 'KERNEL_NO_BTF', probes: ['told', 'syscalls'] });
    expect((await Scrape.of(exporter)).value('typeless_calls_total')).toBeGreaterThan(0);
  });

  it('says so once when no probe can run', async () => {
    const exporter = await exporterOf({
      config: configFor('syscalls', 'execs', 'profile'),
      wrapper: mounted(hidden('/sys/kernel/btf')),
    });
    await expectNoneUp(
      exporter,
      'unsupported',
      'KERNEL_NO_BTF',
      /type information \(BTF\) of Linux \S+: \/sys\/kernel\/btf\/vmlinux/,
    );
  });

  it('runs classic tracepoints with the BTF of a file', async () => {
    const vmlinux = join(folder, 'vmlinux.btf');
    const exporter = await exporterOf({
      config: mainFileOf('told', 'syscalls', 'execs'),
      files: { 'told.yaml': toldProbe({ kind }) },
      arguments: [`--bpf.btf-file=${vmlinux}`],
      wrapper: mounted(
        `cp /sys/kernel/btf/vmlinux ${vmlinux}\n${hidden('/sys/kernel/btf')}\nmount -t tracefs tracefs /sys/kernel/tracing`,
      ),
    });
    const { told, syscalls, execs } = await shownProbes(exporter);
    expect(told).toMatchObject({ state: 'unsupported', reason: { code: 'KERNEL_NO_BTF' } });
    expect(syscalls).toMatchObject({ state: 'up' });
    expect(execs).toMatchObject({ state: 'up' });
    const before = (await Scrape.of(exporter)).by('syscall', 'syscalls_total').get('getppid') ?? 0;
    tell(500, [1], { kind });
    const after = (await Scrape.of(exporter)).by('syscall', 'syscalls_total').get('getppid') ?? 0;
    expect(after - before).toBeGreaterThanOrEqual(500);
  });
});

describe('--bpf.btf-file', needs(fixtureNeeds), () => {
  it.each([
    ['that is not there', '/nonexistent/vmlinux', 'ENOENT'],
    ['that is something else', '/etc/passwd', 'LIBBPF_FORMAT'],
  ])('%s keeps down what needs it, and nothing else', async (_, path, errno) => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'typeless', 'syscalls'),
      files: { 'told.yaml': toldProbe({ kind }), 'typeless.yaml': typelessProbe() },
      arguments: [`--bpf.btf-file=${path}`],
    });
    const { told, syscalls, typeless } = await shownProbes(exporter);
    const reason = { code: 'KERNEL_BTF_FILE', message: expect.stringContaining(`"${path}"`) };
    expect(told).toMatchObject({ state: 'down', reason });
    expect(syscalls).toMatchObject({ state: 'down', reason });
    expect(typeless).toMatchObject({ state: 'up' });
    expect(exporter.entries()[0]).toMatchObject({ code: 'KERNEL_BTF_FILE', msg: expect.stringContaining(errno) });
    expect(exporter.entries().filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('a host without tracefs', needs(fixtureNeeds), () => {
  const files = () => ({
    'fork.yaml': faultyProbe('fork', 'classic'),
    'told.yaml': toldProbe({ kind }),
  });

  it('does not support probes on classic tracepoints, and says so of no other', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('fork', 'told'),
      files: files(),
      wrapper: mounted(
        `${hidden('/sys/kernel/tracing')}\n${existsSync('/sys/kernel/debug/tracing') ? hidden('/sys/kernel/debug') : ''}`,
      ),
    });
    const { fork, told } = await shownProbes(exporter);
    expect(fork).toMatchObject({
      state: 'unsupported',
      reason: {
        code: 'HOOK_MISSING',
        message: expect.stringContaining('tracefs is not mounted'),
        remedy: expect.stringContaining('mount -t tracefs'),
      },
    });
    expect(told).toMatchObject({ state: 'up' });
  });

  it('has them up once it is mounted', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('fork', 'told'),
      files: files(),
      wrapper: mounted('mount -t tracefs tracefs /sys/kernel/tracing'),
    });
    const { fork } = await shownProbes(exporter);
    expect(fork).toMatchObject({ state: 'up' });
    tell(1, [1], { kind });
    expect((await Scrape.of(exporter)).value('fork_total', { index: '3' })).toBeGreaterThan(0);
  });
});

describe('in a PID namespace', needs({ ...fixtureNeeds, commands: ['unshare'] }), () => {
  const config = `probes: [forks, blocked_tasks]\nprobe_path: ["${shippedProbePath}"]\n`;

  it('a probe that lists tasks is unsupported, with the remedy, and others count through a reload', async () => {
    const exporter = await exporterOf({
      config,
      wrapper: ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    });
    // unshare ignores SIGTERM; its own end ends the exporter.
    onTestFinished(() => void exporter.process.kill('SIGKILL'));
    expect(await shownProbes(exporter)).toMatchObject({
      forks: { state: 'up' },
      blocked_tasks: {
        state: 'unsupported',
        reason: { code: 'PID_NAMESPACE', remedy: expect.stringContaining('hostPID: true') },
      },
    });
    execFileSync('true');
    const before = (await Scrape.of(exporter)).sum('forks_total');
    expect(before).toBeGreaterThan(0);
    exporter.write({ 'santabpf.yaml': `${config}series_limit: 5000\nmetric_prefix: santabpf_x_\n` });
    const answer = await fetch(`${exporter.url}/-/reload`, { method: 'POST' });
    expect(answer.status).toBe(200);
    const scrape = await Scrape.of(exporter);
    expect(scrape.sum('x_forks_total')).toBeGreaterThanOrEqual(before);
    expect(Object.fromEntries(scrape.states())).toEqual({ forks: 'up', blocked_tasks: 'unsupported' });
  });
});

describe('without the privilege', needs({ ...fixtureNeeds, commands: ['setpriv', 'unshare'] }), () => {
  const config = `probes: [syscalls, execs, profile]\nprobe_path: ["${shippedProbePath}"]\n`;

  it('as another user, says so first and serves', async () => {
    const exporter = await exporterOf({ config, uid: 65534 });
    await expectNoneUp(
      exporter,
      'down',
      'KERNEL_NO_PRIVILEGE',
      /privilege to load BPF programs .* has neither CAP_SYS_ADMIN nor CAP_BPF with CAP_PERFMON$/,
    );
  });

  it('as root whose capabilities were taken away', async () => {
    const exporter = await exporterOf({ config, wrapper: ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] });
    await expectNoneUp(exporter, 'down', 'KERNEL_NO_PRIVILEGE', /privilege to load BPF programs/);
  });

  it('with CAP_BPF alone', async () => {
    const exporter = await exporterOf({
      config,
      wrapper: ['setpriv', '--bounding-set=-all,+bpf', '--inh-caps=-all,+bpf'],
    });
    await expectNoneUp(exporter, 'down', 'KERNEL_NO_PRIVILEGE', /privilege to load BPF programs/);
  });

  it('with CAP_BPF and CAP_PERFMON every probe is up', async () => {
    const exporter = await exporterOf({
      config,
      reachable: true,
      wrapper: [
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        '--inh-caps=+bpf,+perfmon',
        '--ambient-caps=+bpf,+perfmon',
        '--bounding-set=-all,+bpf,+perfmon',
      ],
    });
    expect(Object.values(await shownProbes(exporter)).map(({ state }) => state)).toEqual(['up', 'up', 'up']);
    const scrape = await Scrape.of(exporter);
    expect(scrape.sum('syscalls_total')).toBeGreaterThan(0);
    expect(scrape.sum('scrape_success')).toBe(3);
  });

  it('as root of a user namespace, which has no say in the kernel', async () => {
    const exporter = await exporterOf({ config, wrapper: ['unshare', '--user', '--map-root-user'] });
    await expectNoneUp(exporter, 'down', 'KERNEL_FORBIDS_BPF', /refuses every BPF program of this process \(EPERM\)/);
  });
});
