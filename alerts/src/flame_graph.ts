/** What texts say where the flight recorder is on: the link to a flame graph, and the hottest functions. */
import { ownMetricNames } from '../../src/config/own_metric_names.js';
import { listed, query } from './notification.js';

/** At most five series per host, while the flight recorder is on. */
const hottest = `${ownMetricNames.functionCpuRatio}{job=%q,instance=%q}`;

/** Lines with the functions that used the most CPU time. None without the recorder. */
export const hottestFunctions = listed(
  'Hottest functions of the last minute, by share of the CPU samples:',
  `sort_desc(topk(5, 100 * ${hottest} >= 1))`,
  '- {{ .Labels.function }}{{ with .Labels.command }} in {{ . }}{{ end }}: {{ printf "%.0f%%" .Value }}',
);

/**
 * Go template of the URL of the flame graph of the five minutes before the evaluation. Empty without the recorder.
 *
 * @param base URL of the exporter, in which `{{instance}}` stands for that label
 * @param window in which the recorder must have been on
 */
export function flameGraphUrl(base: string, window: string): string {
  const time = '{{ query "time()" | first | value | printf "%.0f" }}';
  return `{{ with ${query(`last_over_time(${hottest}[${window}])`)} }}${filled(base)}/flamegraph?at=${time}&window=5m{{ end }}`;
}

/** A label is one part of a URL, whatever its value. A host keeps its port. */
function filled(base: string): string {
  const authority = base.indexOf('/', base.indexOf('//') + 2);
  return base.replace(/\{\{(\w+)\}\}/g, (_, label, place) => {
    const isHost = authority < 0 || place < authority;
    const kept = isHost ? ' | reReplaceAll "%3A" ":" | reReplaceAll "%5B" "[" | reReplaceAll "%5D" "]"' : '';
    return `{{ $labels.${label} | urlquery | reReplaceAll "[+]" "%20"${kept} }}`;
  });
}
