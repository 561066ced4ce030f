/** Names of the exporter's metrics about itself. The metric prefix does not apply to them; no probe may use them. */
export const ownMetricNames = {
  buildInfo: 'santabpf_build_info',
  probeState: 'santabpf_probe_state',
  programRunSeconds: 'santabpf_program_run_seconds_total',
  programRuns: 'santabpf_program_runs_total',
  programMissedRuns: 'santabpf_program_missed_runs_total',
  mapEntries: 'santabpf_map_entries',
  mapMaxEntries: 'santabpf_map_max_entries',
  lostUpdates: 'santabpf_lost_updates_total',
  series: 'santabpf_series',
  seriesDropped: 'santabpf_series_dropped_total',
  decodeErrors: 'santabpf_decode_errors_total',
  scrapeDuration: 'santabpf_scrape_duration_seconds',
  scrapeSuccess: 'santabpf_scrape_success',
  lastReloadSuccessful: 'santabpf_config_last_reload_successful',
  lastReloadSuccessTimestamp: 'santabpf_config_last_reload_success_timestamp_seconds',
} as const;
