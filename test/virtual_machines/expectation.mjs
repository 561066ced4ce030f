/**
 * What the workload does for a shipped probe, and what the probe must have counted afterwards. Counts are exact, because the
 * workload's command names occur nowhere else on the machine.
 *
 * @typedef {Record<string, number>} Facts what the workload reports
 *
 * @typedef {object} Expectation
 * @property {string} metric without prefix
 * @property {Readonly<Record<string, string>>} labels
 * @property {(facts: Facts) => number} least smallest correct growth
 * @property {(facts: Facts) => number} most largest correct growth
 *
 * @typedef {object} Case
 * @property {string} probe
 * @property {readonly string[]} workload its arguments; LOOP stands for a block device, FILE for a path in a file system, SETUID for
 *   a set-uid copy of the workload called vm-setuid, MODULE for the file of the kernel's module "dummy"
 * @property {readonly Expectation[]} expectations
 */

/**
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {number} growth
 * @returns {Expectation}
 */
export function exactly(metric, labels, growth) {
  return { metric, labels, least: () => growth, most: () => growth };
}

/**
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {(facts: Facts) => number} least
 * @param {(facts: Facts) => number} most
 * @returns {Expectation}
 */
export function between(metric, labels, least, most) {
  return { metric, labels, least, most };
}

/**
 * As many as the workload reports.
 *
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {string} name of a fact
 * @returns {Expectation}
 */
export function told(metric, labels, name) {
  return between(
    metric,
    labels,
    (facts) => fact(facts, name),
    (facts) => fact(facts, name),
  );
}

/** @param {Facts} facts @param {string} name */
export function fact(facts, name) {
  const value = facts[name];
  if (value === undefined) throw new Error(`the workload did not report ${name}`);
  return value;
}
