/**
 * Maps that not every kernel has, or that libbpf sets up in different ways: what maps.mjs counts in them.
 *
 * @typedef {object} MapCase
 * @property {string} title first cell of its row in docs/kernels.md
 * @property {string} probe in test/fixtures/bpf
 * @property {string} metric with its prefix; all its series are added
 * @property {number} count what it shows after the work
 * @property {string} [since] first Linux with the map: before, the probe must be unsupported
 */

/** How much work maps.mjs does. */
export const works = { firstValues: [4, 14, 5], secondValues: [4, 6], calls: 40, chosenValues: 3, otherValues: 2 };

/** What programs write into a new socket; in the fixture, too. */
const note = 7;

/** @type {readonly MapCase[]} */
export const mapCases = [
  {
    title: 'array of maps',
    probe: 'nested_maps',
    metric: 'santabpf_values_total',
    count: works.firstValues.length + works.secondValues.length,
  },
  // One object has the three storages, so each needs what the newest one does.
  { ...stored('task storage, read by an iterator', 'calls_by_process'), count: works.calls },
  { ...stored('cgroup storage, read by an iterator', 'calls_by_cgroup'), count: works.calls },
  { ...stored('socket storage, read by an iterator', 'notes_by_port'), count: note },
  {
    title: 'cgroup storage, filled by `cgroup_id_map` of ebpf_exporter',
    probe: 'chosen_cgroups',
    metric: 'ebpf_exporter_chosen_values_total',
    count: works.chosenValues,
    since: '6.2',
  },
];

/** @param {string} title @param {string} metric */
function stored(title, metric) {
  return { title, probe: 'storages', metric: `santabpf_${metric}`, since: '6.2' };
}
