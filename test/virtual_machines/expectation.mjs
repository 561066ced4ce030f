/**
 * The workloads for a shipped probe and the expected growth of its metrics. Counts are exact, because no other process on
 * the machine has the workload's command names.
 *
 * @typedef {Record<string, number>} Facts numbers that the workload reports
 *
 * @typedef {object} Expectation
 * @property {string} metric without prefix
 * @property {Readonly<Record<string, string>>} labels
 * @property {(facts: Facts) => number} least smallest correct growth
 * @property {(facts: Facts) => number} most largest correct growth
 *
 * @typedef {object} Case
 * @property {string} probe
 * @property {readonly string[]} workload arguments. Placeholders: LOOP is a block device, FILE a path in a file system, SETUID
 *   a set-uid copy of the workload called vm-setuid, MODULE the file of the kernel's module "dummy"
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
 * Expects exactly the value of a fact.
 *
 * @param {string} metric
 * @param {Readonly<Record<string, string>>} labels
 * @param {string} name of a fact
 * @returns {Expectation}
 */
export function reported(metric, labels, name) {
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
  if (value === undefined) throw new Error(`The workload did not report ${name}`);
  return value;
}
