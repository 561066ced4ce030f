/** Labels with names of other processes, which series have only together with a command. */
const processNames = ['parent', 'thread', 'requester'];

/** Alerts that find their culprit by the name of a command. */
const ofCommands = ['SantaUnexpectedPrivilege'];

/**
 * A scenario where other labels than `command` say who did it. The programs of scenarios run in no container.
 *
 * @param {import('./scenario.mjs').Scenario} scenario
 * @param {readonly string[]} identity
 * @returns {import('./scenario.mjs').Scenario}
 */
export function identified(scenario, identity) {
  const { expected, symptom } = scenario;
  const hasCommand = identity.includes('command');
  const renamed = symptom.replace(/^instance_\w+(?=:)/, (level) => {
    const labels = level.split('_').flatMap((label) => (label === 'command' ? identity : label));
    return labels.filter((label) => hasCommand || !processNames.includes(label)).join('_');
  });
  if (hasCommand) return { ...scenario, symptom: renamed };
  const isMissing = (/** @type {string} */ label) => label === 'command' || processNames.includes(label);
  return {
    ...scenario,
    symptom: renamed.replace(/(?:command|parent)="[^"]*",?/g, '').replace('{}', ''),
    expected: expected.map(({ alert, labels = {}, culprit }) => {
      const others = Object.entries(labels).filter(([label]) => !isMissing(label));
      const isOther = others.some(([, value]) => culprit.includes(value));
      return { alert, labels: Object.fromEntries(others), culprit: isOther ? culprit : '(no ' };
    }),
    unsupported: () =>
      expected.some(({ alert }) => ofCommands.includes(alert))
        ? 'its alert needs the identity to have a command'
        : scenario.unsupported?.(),
  };
}
