import { band, type Section } from '../grid.js';
import { lines } from '../panels/index.js';
import { rate } from '../query.js';
import { unit } from '../units.js';

const records = 'santabpf_events_total';
const malformed = 'santabpf_events_malformed_total';
const lost = 'santabpf_events_lost_total';
const readSeconds = 'santabpf_events_read_seconds_total';
const by = 'probe, buffer';
const legend = '{{probe}} {{buffer}}';

/** Probes that write a record for each event, such as those of libbpf-tools. None of the shipped probes does. */
export const events: Section = {
  title: 'Event buffers',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: 'Records',
          description:
            'Records per second that the exporter read from the ring buffers and perf buffers of probes, and counted.',
          queries: [{ expr: rate(records, by), legend }],
          unit: unit.perSecond,
          nothing: 'No probe writes events',
        }),
      ],
      [
        8,
        lines({
          title: 'Lost and malformed records',
          description:
            'Records per second that did not fit into a perf buffer, or that are too short for their type. Metrics of these events are too low. A ring buffer does not say what it lost.',
          queries: [
            { expr: `${rate(lost, by)} > 0`, legend: `${legend} lost` },
            { expr: `${rate(malformed, by)} > 0`, legend: `${legend} malformed` },
          ],
          unit: unit.perSecond,
          nothing: 'No lost or malformed records',
        }),
      ],
      [
        8,
        lines({
          title: 'CPU time to read them',
          description:
            'Share of one CPU that the threads use which read the buffers. It is part of what the exporter costs.',
          queries: [{ expr: rate(readSeconds, by), legend }],
          unit: unit.share,
          nothing: 'No probe writes events',
        }),
      ],
    ),
  ],
};
