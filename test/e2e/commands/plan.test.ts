import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mainFile, shippedProbePath } from '../../harness/exporter.js';
import { reachableCopy, repository } from '../../harness/reachable_copy.js';
import { needs } from '../../harness/requirements.js';
import { exporterOf } from '../probes.js';

const santabpf = (...words: string[]) => spawnSync(process.execPath, [mainFile, ...words], { encoding: 'utf8' });

describe('santabpf plan', needs({ root: true, bpf: true }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-plan-'));
  const file = join(folder, 'santabpf.yaml');
  beforeAll(() => {
    writeFileSync(
      file,
      `probes: [switches, runqlat]\nprobe_path: [., "${shippedProbePath}"]\nbudget: { percent_of_one_cpu: 0.01 }\n`,
    );
    writeFileSync(
      join(folder, 'switches.yaml'),
      'probe: switches\nsummary: Switches.\nscript: "rawtracepoint:sched_switch { @[cpu] = count(); }"\n',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says what each probe costs, counted on this host', () => {
    const { stdout, stderr, status } = santabpf('plan', file, '--seconds=2');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^What .* costs on this host, measured for \d+ s\n {2}PROBE +STATE +EVENTS\/S +NS\/EVENT +OF ONE CPU +SAMPLES\n/,
    );
    expect(stdout).toMatch(/^ {2}runqlat +up +[\d.]+k? +[\d.]+k? +[\d.]+ % +\d+$/m);
    expect(stdout).toMatch(/^ {2}switches +up +[\d.]+k? +[\d.]+k? +[\d.]+ % +\d+$/m);
    expect(stdout).toMatch(/^ {2}all /m);
    expect(stdout).toContain('more than the budget of 0.01 % of one CPU');
    expect(stdout).toMatch(/The maps take [\d.]+[kM] bytes of kernel memory with the \d+ CPUs of this host\./);
  });

  it('answers JSON', () => {
    const plan = JSON.parse(santabpf('plan', file, '--seconds=1', '--json').stdout) as {
      probes: { probe: string; state: string; eventsPerSecond: number; cpuShare: number }[];
    };
    for (const { state, cpuShare } of plan.probes) {
      expect(state).toBe('up');
      expect(cpuShare).toBeGreaterThan(0);
    }
    expect(plan.probes.find(({ probe }) => probe === 'runqlat')!.eventsPerSecond).toBeGreaterThan(1);
  });

  it('says once what several probes lack, and ends with 1', () => {
    const other = join(folder, 'lacking.yaml');
    const script = (name: string) =>
      writeFileSync(
        join(folder, `${name}.yaml`),
        `probe: ${name}\nsummary: None.\nscript: "kprobe:no_such_function { @[cpu] = count(); }"\n`,
      );
    script('one');
    script('two');
    writeFileSync(other, 'probes: [one, two, switches]\nprobe_path: [.]\n');
    const { stdout, status } = santabpf('plan', other, '--seconds=1');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ {2}one +(?:unsupported|down) /m);
    expect(stdout).toMatch(/^ {2}switches +up /m);
    expect(stdout).toMatch(
      /\nMissing\n {2}one, two, (?:unsupported|down):\n(?: {4}.+\n)+ {4}Add a program for another hook.+\n\n/,
    );
  });

  it('needs privileges, and says so at once', () => {
    const words = [mainFile.replace(repository, reachableCopy()), 'plan', '--seconds=1'];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8', uid: 65534, gid: 65534 });
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
    expect(stderr).toContain('lacks the privilege to load BPF programs');
  });

  it('refuses what it cannot measure', () => {
    expect(santabpf('plan', file, '--seconds=0').stderr).toContain('--seconds must be from 1 to 3600');
    const { stderr, status } = santabpf('plan', join(folder, 'none.yaml'));
    expect(stderr).toContain('none.yaml');
    expect(status).toBe(1);
  });
});

describe('santabpf top', needs({ root: true, bpf: true, commands: ['script'] }), () => {
  it('draws on a terminal until q is pressed, and leaves it as it was', async () => {
    const exporter = await exporterOf({ arguments: ['--script', 'rawtracepoint:sched_switch { @[cpu] = count(); }'] });
    const command = `stty cols 60 rows 8; ${process.execPath} ${mainFile} top script_total --url=${exporter.url} --interval=1`;
    const { stdout, status } = spawnSync('sh', ['-c', `(sleep 4; printf q) | script -qec '${command}' /dev/null`], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/RATE {2,}TOTAL {2}CPU/);
    expect(stdout).toMatch(/\/s +\d+\S* +0/);
    expect(stdout.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });
});
