import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const knownHosts = define({}, ({ events, eventsSeconds }) => [
  record(
    `instance:santabpf_build_info:known${events}`,
    promql`
          max without (version, libbpf, node, kernel) (
            santabpf_build_info offset ${events}
              or
            santabpf_build_info and on (job, instance) (process_start_time_seconds > time() - ${eventsSeconds})
          )
        `,
    'Hosts whose counters were 0 or known to this Prometheus five minutes ago. A Prometheus that starts to scrape a long-running exporter must not report everything counted so far as new.',
  ),
]);
