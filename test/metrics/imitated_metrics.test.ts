import { describe, expect, it } from 'vitest';
import { ImitatedMetrics, type NumberedProbe } from '../../src/metrics/imitated_metrics.js';

const program = { name: 'count', id: 7, tag: 'abc' };

/** A probe with one attached program and one that is only loaded. */
function probe(name: string, runs: number | 'unknown'): NumberedProbe {
  const status = {
    name,
    programs: [{ name: 'count', runs, runSeconds: runs === 'unknown' ? runs : runs / 1000 }],
    metrics: [{ decodeErrors: 2 }, { decodeErrors: 3 }],
  };
  return {
    status: status as unknown as NumberedProbe['status'],
    programs: [program, { name: 'idle', id: 8, tag: 'd' }],
  };
}

async function linesOf(metrics: ImitatedMetrics): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.includes('build_info'));
}

describe('the metrics of ebpf_exporter about itself', () => {
  it('are its names with the values of the probes', async () => {
    const metrics = new ImitatedMetrics('ebpf_exporter_', '1.2.3');
    expect(await metrics.registry.metrics()).toMatch(/ebpf_exporter_build_info\{.*goos="linux",version="1.2.3"\} 1\n/);
    metrics.update([probe('timers', 40)]);
    expect(await linesOf(metrics)).toEqual([
      'ebpf_exporter_enabled_configs{name="timers"} 1',
      'ebpf_exporter_ebpf_program_info{config="timers",program="count",tag="abc",id="7"} 1',
      'ebpf_exporter_ebpf_program_info{config="timers",program="idle",tag="d",id="8"} 1',
      'ebpf_exporter_ebpf_program_attached{id="7"} 1',
      'ebpf_exporter_ebpf_program_attached{id="8"} 0',
      'ebpf_exporter_ebpf_program_run_time_seconds{id="7"} 0.04',
      'ebpf_exporter_ebpf_program_run_count_total{id="7"} 40',
      'ebpf_exporter_decoder_errors_total{config="timers"} 5',
    ]);
  });

  it('end with their probe, and count what is counted now', async () => {
    const metrics = new ImitatedMetrics('', '1');
    metrics.update([probe('timers', 40)]);
    metrics.update([probe('bio', 41)]);
    const lines = await linesOf(metrics);
    expect(lines).toContain('ebpf_program_run_count_total{id="7"} 41');
    expect(lines.join('\n')).not.toContain('timers');
  });

  it('lack what is unknown', async () => {
    const metrics = new ImitatedMetrics('', '1');
    metrics.update([probe('timers', 'unknown')]);
    expect((await linesOf(metrics)).filter((line) => /run_time|run_count/.test(line))).toEqual([]);
  });
});
