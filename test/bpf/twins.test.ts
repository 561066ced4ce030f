import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ExporterOptions, type RunningExporter, startExporter } from '../harness/exporter.js';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { callGetppid, getppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const toldCalls = fixtureProbe('twins', { process: process.pid, wanted_call: getppid });
const hooks = 'count_sync: { function: vfs_fsync_range }\n    count_sync_typed: { function: vfs_fsync_range }';

/** The probe with programs for a function instead. */
function syncs(): ExporterOptions {
  const yaml = readFileSync(join(import.meta.dirname, '../fixtures/bpf/twins.yaml'), 'utf8')
    .replace(/count_sync: .*\n.*$/m, `count_raw: { skip: true }\n    count_typed: { skip: true }\n    ${hooks}`)
    .replace('value: calls', 'value: synced');
  return { ...toldCalls, files: { ...toldCalls.files, 'twins.yaml': yaml } };
}

describe('twins in an object', needs({ root: true, bpf: true }), () => {
  let exporter: RunningExporter | undefined;
  afterEach(() => exporter?.stop());

  const status = async () => {
    const { probes } = JSON.parse(await exporter!.get('/probes')) as { probes: ProbeJson[] };
    return probes[0]!;
  };
  const counted = async () => {
    const text = await exporter!.get('/metrics');
    return Number(/^santabpf_told_calls_total (\d+)/m.exec(text)?.[1]);
  };

  test('of one tracepoint: only the better one runs, and each event counts once', async () => {
    exporter = await startExporter(toldCalls);
    const before = await counted();
    callGetppid(100);
    expect((await counted()) - before).toBe(100);
    expect((await status()).programs?.map(({ name }) => name)).toEqual(['count_typed']);
  });

  test('of a function that the probe file names: they count once, or both reasons are told, the first choice first', async () => {
    exporter = await startExporter(syncs());
    const { state, reason, programs } = await status();
    if (state === 'up') {
      expect(programs).toHaveLength(1);
      const before = await counted();
      const folder = mkdtempSync(join(tmpdir(), 'santabpf-sync-'));
      const file = openSync(join(folder, 'file'), 'w');
      writeSync(file, 'x');
      fsyncSync(file);
      closeSync(file);
      rmSync(folder, { recursive: true });
      expect(await counted()).toBeGreaterThan(before);
    } else {
      expect(state).toBe('unsupported');
      const [first, second] = reason!.message.split('\nIts last alternative fails too: ');
      expect(first).toContain('program "count_sync_typed"');
      expect(second).toContain('program "count_sync" (kprobe/vfs_fsync_range)');
    }
  });
});

interface ProbeJson {
  readonly state: string;
  readonly reason?: { readonly message: string };
  readonly programs?: readonly { readonly name: string }[];
}
