/** Names of the metrics of ebpf_exporter about itself, without the prefix. */
const ownNames = new Set([
  'build_info',
  'enabled_configs',
  'ebpf_program_info',
  'ebpf_program_attached',
  'ebpf_program_run_time_seconds',
  'ebpf_program_run_count_total',
  'ebpf_program_run_count',
  'decoder_errors_total',
  'decoder_errors',
]);

export function isForeignOwn(name: string): boolean {
  return ownNames.has(name);
}
