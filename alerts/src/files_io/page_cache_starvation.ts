import { hysteresis } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const pageCacheStarvation = define(
  { SantaPageCacheStarved: { on: share, off: share, bytes: amount, pages: amount } },
  ({ identity, rate, SantaPageCacheStarved }) => [
    record(
      `instance_${identity.level()}:santabpf_file_read_bytes:rate${rate}`,
      `rate(santabpf_file_read_bytes_total[${rate}])`,
      'Requested by read calls.',
    ),
    record(
      `instance_${identity.level('cause')}:santabpf_disk_read_bytes:rate${rate}`,
      `rate(santabpf_disk_read_bytes_total[${rate}])`,
    ),
    record(
      `instance_${identity.level()}:santabpf_page_cache_missed_bytes:rate${rate}`,
      `sum without (cause) (instance_${identity.level('cause')}:santabpf_disk_read_bytes:rate${rate}{cause=~"read|fault"})`,
      'Requested and not found, by read calls and by access to mapped files.',
    ),
    record(
      `instance_${identity.level()}:santabpf_page_cache_hit:ratio${rate}`,
      promql`
          clamp_min(
            1 - instance_${identity.level()}:santabpf_page_cache_missed_bytes:rate${rate} / (
              (
                instance_${identity.level()}:santabpf_file_read_bytes:rate${rate}
                  or
                0 * instance_${identity.level()}:santabpf_page_cache_missed_bytes:rate${rate}
              ) + (
                sum without (cause) (instance_${identity.level('cause')}:santabpf_disk_read_bytes:rate${rate}{cause="fault"})
                  or
                0 * instance_${identity.level()}:santabpf_page_cache_missed_bytes:rate${rate}
              )
            ),
            0
          )
        `,
      'Share of the requested bytes. Hits on mapped files are not visible. It is 0 where readahead exceeds what is requested.',
    ),
    record(
      `instance:santabpf_page_cache_refaulted_pages:rate${rate}`,
      `sum without (node) (rate(santabpf_page_cache_refaulted_pages_total[${rate}]))`,
    ),
    {
      alert: 'SantaPageCacheStarved',
      why: "The host reads 2,560 evicted pages (10 MiB) per second again: twenty times the random reads of a rotating disk (7,200 rpm: 120/s), a tenth of its sequential rate. The culprit is a command that reads as much from disk. A first read, such as a backup's or after a boot, is no shortage. A cache that is large enough hits 99 % and more; 80 % on, 90 % off.",
      expr: promql`
          (
            ${hysteresis('SantaPageCacheStarved', `instance_${identity.level()}:santabpf_page_cache_hit:ratio${rate}`, '<', SantaPageCacheStarved, ...identity.labels)}
          )
            and
          instance_${identity.level()}:santabpf_page_cache_missed_bytes:rate${rate} > ${SantaPageCacheStarved.bytes}
            and on (job, instance)
          instance:santabpf_page_cache_refaulted_pages:rate${rate} > ${SantaPageCacheStarved.pages}
        `,
      scenario: 'page_cache_starvation',
      probe: 'page_cache',
      dashboard: 'files-io',
      summary: `Low page cache hit ratio of ${identity.who('$labels')} on {{ $labels.instance }}`,
      description: [
        `Only {{ $value | humanizePercentage }} of what ${identity.who('$labels')} reads from files is in the page cache of {{ $labels.instance }}`,
        `${phrase(`instance:santabpf_page_cache_refaulted_pages:rate${rate}{job=%q,instance=%q}`, ', and {{ printf "%.0f" .Value }} evicted pages are read again every second')}. Top ${identity.nouns} by bytes read from disk:`,
        top(
          `sum without (cause) (instance_${identity.level('cause')}:santabpf_disk_read_bytes:rate${rate}{job=%q,instance=%q,cause!="uncached"}) > 0`,
          `- ${identity.who('.Labels')}: {{ .Value | humanize1024 }}B/s from disk`,
          phrase(
            `instance_${identity.level()}:santabpf_file_read_bytes:rate${rate}{job=%q,instance=%q,${identity.same}}`,
            ', {{ .Value | humanize1024 }}B/s requested',
            '.Labels',
          ),
        ),
      ],
    },
  ],
);
