import { definitions } from './groups.js';
import { identityOf } from './identity.js';
import type { Parameters } from './parameters.js';
import type { Alert, Given, Rule, Shapes } from './rule.js';
import { windowsOf } from './windows.js';

/** What rules are made from. */
export function givenBy(parameters: Parameters): Given<Shapes> {
  return {
    ...parameters,
    ...windowsOf(parameters.interval, parameters.job),
    identity: identityOf(parameters.identity),
  } as unknown as Given<Shapes>;
}

/** All alerts, in the order of the rule files. */
export function alertsOf(parameters: Parameters): Alert[] {
  const given = givenBy(parameters);
  const isAlert = (rule: Rule): rule is Alert => 'alert' in rule;
  return definitions.flatMap((definition) => definition.rules(given)).filter(isAlert);
}
