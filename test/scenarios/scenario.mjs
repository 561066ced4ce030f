import { setTimeout as sleep } from 'node:timers/promises';
import { identified } from './identity.mjs';
import { factor } from './pace.mjs';
import { activeAlerts, hasResult, waitsOf } from './prometheus_client.mjs';
import { textOf } from './receiver.mjs';
import { Workspace } from './workspace.mjs';

/**
 * A realistic problem and the notifications that it must cause.
 *
 * @typedef {object} Scenario
 * @property {string} story what happens, in one sentence
 * @property {readonly Expectation[]} expected all of them must arrive
 * @property {string} symptom query that has a result once the metrics show the problem
 * @property {string} [hotFunction] with the flight recorder: what the flame graph that the notification links to must name
 * @property {boolean} [light] may run in parallel: it uses few resources, and no other scenario fires its alerts
 * @property {boolean} [slow] takes minutes and is left to `npm run test:scenarios`; `npm test` skips it
 * @property {number} [history] seconds of normal operation that the rules need for comparison
 * @property {() => string | undefined} [unsupported] why this machine cannot run it
 * @property {(workspace: Workspace, stack: import('./stack.mjs').Stack) => unknown} [before] starts normal operation
 * @property {(workspace: Workspace, stack: import('./stack.mjs').Stack) => unknown} begin causes the problem, which lasts until the workspace ends
 *
 * @typedef {object} Expectation
 * @property {string} alert
 * @property {Record<string, string>} [labels] that the alert must have
 * @property {string} culprit text that the notification must contain
 *
 * @typedef {object} Outcome
 * @property {'passed' | 'failed' | 'skipped'} result
 * @property {string} [reason]
 * @property {number} [seconds] from the event to the last notification
 *
 * @typedef {(line: string) => void} Print
 */

/** Milliseconds within which all stages must be seen: the longest `for`, 15 minutes, takes 120 s. */
const timeout = 180_000;
/** Milliseconds to wait for an alert that was active before the event to resolve. */
const settlingTime = 60_000;
/** Milliseconds between polls. */
const pause = 250;
/** Seconds before the event: four scrapes, so every rate has a value. */
const leadTime = 8;

/**
 * Causes the problem and follows it to the notification. All changes to the machine are undone when it returns.
 *
 * @param {Scenario} written for the identity `command`
 * @param {import('./stack.mjs').Stack} stack may serve other scenarios at the same time
 * @param {Print} print receives the lines of the timeline
 * @param {AbortSignal} cancelled
 * @returns {Promise<Outcome>}
 */
export async function perform(written, stack, print, cancelled) {
  const scenario = identified(written, stack.identity);
  const reason = scenario.unsupported?.();
  if (reason !== undefined) return { result: 'skipped', reason };
  const workspace = new Workspace();
  try {
    await scenario.before?.(workspace, stack);
    const since = scenario.before ? Date.now() : stack.since;
    const ready = since + 1000 * Math.max(leadTime, scenario.history ?? 0);
    await sleep(Math.max(0, ready - Date.now()), undefined, { signal: cancelled });
    const active = await activeBefore(scenario, stack, print, cancelled);
    if (active !== undefined) {
      return {
        result: 'skipped',
        reason: `${active} was active before the event: this machine already has the problem`,
      };
    }
    const began = Date.now();
    const line = timeline(began, print);
    line('event', scenario.story);
    await scenario.begin(workspace, stack);
    return await follow(scenario, stack, began, line, cancelled);
  } finally {
    await workspace.end();
  }
}

/**
 * Waits until no expected alert is active.
 *
 * @param {Scenario} scenario
 * @param {import('./stack.mjs').Stack} stack
 * @param {Print} print
 * @param {AbortSignal} cancelled
 * @returns {Promise<string | undefined>} the name of one that does not resolve
 */
async function activeBefore({ expected }, { prometheus }, print, cancelled) {
  const deadline = Date.now() + settlingTime;
  for (let printed = false; ; printed = true) {
    const active = await activeAlerts(prometheus.url);
    const name = expected.find((expectation) => active.some(({ labels }) => fits(expectation, labels)))?.alert;
    if (name === undefined || Date.now() > deadline) return name;
    if (!printed) print(`          ${name} is already active: waiting until it resolves`);
    await sleep(pause, undefined, { signal: cancelled });
  }
}

/** @param {number} began @param {Print} print */
function timeline(began, print) {
  /** @param {string} stage @param {string} text @param {number} [at] */
  return (stage, text, at = Date.now()) =>
    print(`${((at - began) / 1000).toFixed(1).padStart(6)} s  ${stage.padEnd(12)} ${text}`);
}

/**
 * @param {Scenario} scenario
 * @param {import('./stack.mjs').Stack} stack
 * @param {number} began
 * @param {ReturnType<typeof timeline>} line
 * @param {AbortSignal} cancelled
 * @returns {Promise<Outcome>}
 */
async function follow({ expected, symptom, hotFunction }, { prometheus, receiver, recorder }, began, line, cancelled) {
  const waits = await waitsOf(prometheus.url);
  const awaited = new Set([
    `metric ${symptom}`,
    ...expected.flatMap((expectation) => {
      const stages = (waits(expectation) ?? 0) > 0 ? ['pending', 'firing'] : ['firing'];
      return [...stages, 'notification'].map((stage) => `${stage} ${nameOf(expectation)}`);
    }),
  ]);
  /** @param {string} stage @param {string} what @param {string} [text] @param {number} [at] */
  const see = (stage, what, text = what, at) => {
    if (awaited.delete(`${stage} ${what}`)) line(stage, text, at);
  };
  /** @type {Map<Expectation, ReturnType<typeof find>>} */
  const received = new Map();
  while (awaited.size > 0) {
    if (Date.now() - began > timeout) {
      return { result: 'failed', reason: `not seen within ${timeout / 1000} s: ${[...awaited].join(', ')}` };
    }
    if (awaited.has(`metric ${symptom}`) && (await hasResult(prometheus.url, symptom))) see('metric', symptom);
    const active = await activeAlerts(prometheus.url);
    for (const expectation of expected) {
      const name = nameOf(expectation);
      for (const { state, labels } of active) if (fits(expectation, labels)) see(state, name);
      // On a busy machine no poll may have hit the pending state.
      if (!awaited.has(`firing ${name}`) && awaited.has(`pending ${name}`)) {
        const seconds = Math.ceil((Date.now() - began) / 1000);
        if (await hasResult(prometheus.url, pendingWithin(expectation, seconds))) see('pending', name);
      }
      const found = received.get(expectation) ?? find(expectation, receiver.notifications, began);
      if (!found) continue;
      received.set(expectation, found);
      see('notification', name, `${name}\n${indented(textOf(found.alert))}`, found.at);
    }
    await sleep(pause, undefined, { signal: cancelled });
  }
  const outcome = judge(received, began);
  if (outcome.result === 'failed' || !recorder || hotFunction === undefined) return outcome;
  const links = [...received.values()].map((found) => found?.alert.annotations.flamegraph_url ?? '');
  const reason = await missingFunction(
    links.find((link) => link !== ''),
    hotFunction,
    cancelled,
  );
  if (reason !== undefined) return { ...outcome, result: 'failed', reason };
  line('flame graph', `${hotFunction} is in ${links.join(' ')}`);
  return outcome;
}

/** Milliseconds until the recorder has written the window in which an alert fired, at the latest. */
const recording = 30_000;

/**
 * Opens the flame graph that a notification links to.
 *
 * @param {string | undefined} link
 * @param {string} name of the function that used the CPUs
 * @param {AbortSignal} cancelled
 * @returns {Promise<string | undefined>} why the page does not name it
 */
async function missingFunction(link, name, cancelled) {
  if (link === undefined) return 'the notification does not link to a flame graph';
  for (const deadline = Date.now() + recording; ; ) {
    const response = await fetch(link);
    const page = await response.text();
    if (response.ok && page.includes(name)) return undefined;
    if (Date.now() > deadline) return `${link} (status ${response.status}) does not contain "${name}"`;
    await sleep(1000, undefined, { signal: cancelled });
  }
}

/**
 * @param {ReadonlyMap<Expectation, ReturnType<typeof find>>} received
 * @param {number} began
 * @returns {Outcome}
 */
function judge(received, began) {
  const found = [...received];
  const seconds = (Math.max(...found.map(([, notification]) => notification?.at ?? 0)) - began) / 1000;
  const unnamed = found.find(
    ([{ culprit }, notification]) => !notification || !textOf(notification.alert).includes(culprit),
  );
  if (unnamed)
    return { result: 'failed', reason: `the notification does not contain "${unnamed[0].culprit}"`, seconds };
  return { result: 'passed', seconds };
}

/**
 * Finds the first notification of an alert that started to fire after the event.
 *
 * @param {Expectation} expectation
 * @param {readonly import('./receiver.mjs').Notification[]} notifications
 * @param {number} began
 */
function find(expectation, notifications, began) {
  for (const { at, alerts } of notifications) {
    const alert = alerts.find(
      ({ status, labels, startsAt }) =>
        status === 'firing' && fits(expectation, labels) && Date.parse(startsAt) >= began,
    );
    if (alert) return { at, alert };
  }
  return undefined;
}

/** @param {Expectation} expectation @param {number} seconds @returns {string} query that has a result if the alert was pending */
function pendingWithin({ alert, labels }, seconds) {
  return `count_over_time(${nameOf({ alert: 'ALERTS', labels: { ...labels, alertname: alert, alertstate: 'pending' }, culprit: '' })}[${seconds}s])`;
}

/** @param {Expectation} expectation */
function nameOf({ alert, labels }) {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? alert : `${alert}{${pairs.join(', ')}}`;
}

/** @param {Expectation} expectation @param {Record<string, string>} actual labels of an alert */
function fits({ alert, labels = {} }, actual) {
  return actual.alertname === alert && Object.entries(labels).every(([name, value]) => actual[name] === value);
}

/** @param {string} text */
function indented(text) {
  return text.replaceAll(/^/gm, ' '.repeat(10));
}

/** Printed before a timeline. */
export const preamble = `All durations in rules and routes are divided by ${factor}: [1m] is ${60 / factor} s, and "five minutes" in a text are ${300 / factor} s.`;
