import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patientDeadline, type RunningExporter, startExporter } from '../harness/exporter.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { needs } from '../harness/requirements.js';

const source = join(import.meta.dirname, '../fixtures/programs/steps.c');
const command = `named${process.pid % 100_000}`;

describe('processes by their command name', needs({ root: true, bpf: true, commands: ['gcc'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-named-'));
  const steps = join(folder, 'steps');
  let exporter: RunningExporter;
  let shell: ChildProcess | undefined;

  beforeAll(async () => {
    execFileSync('gcc', ['-O1', '-o', steps, source]);
    const others = ['returned', 'many', 'many_returned', 'collected', 'in_section', 'renamed', 'sampled'];
    others.push('many_asleep', 'collected_asleep');
    const skipped = others.map((name) => `    count_${name}: { skip: true }\n`).join('');
    exporter = await startExporter({
      patience: 25_000,
      config: `probes: [named]\nprobe_path: [.]\n${patientDeadline}`,
      files: {
        'named.bpf.o': readFileSync(fixtureObject('user_hooks')),
        'named.yaml': `probe: named
summary: Steps of named processes.
programs:
  attach:
    count_entered: { binary: ${steps}, symbol: first_step, in: { command: ${command} } }
${skipped}metrics:
  - { name: named_steps_total, type: counter, help: Steps., map: .bss, value: "counts[0]" }
`,
      },
    });
  });
  afterAll(async () => {
    shell?.kill();
    await exporter?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const reason = async () => /"code":\s*"(HOOK_\w+)"/.exec(await exporter.get('/probes'))?.[1];
  const counted = async () => /^santabpf_named_steps_total (\d+)/m.exec(await exporter.get('/metrics'))?.[1];

  test('are found a moment after they start', async () => {
    expect(await reason()).toBe('HOOK_WAITS');
    const script = `printf ${command} > /proc/$$/comm; echo ready; while read line; do eval "$line" > /dev/null; echo done; done`;
    shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(shell.stdout!, 'data');
    await expect.poll(reason, { timeout: 20_000 }).toBeUndefined();
    shell.stdin!.write(`${steps} 12\n`);
    await once(shell.stdout!, 'data');
    expect(await counted()).toBe('12');
    shell.kill();
    await expect.poll(reason, { timeout: 20_000 }).toBe('HOOK_WAITS');
    execFileSync(steps, ['5']);
    expect(await counted()).toBe('12');
  });
});
