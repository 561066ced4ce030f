import { setTimeout as sleep } from 'node:timers/promises';
import { Life } from './life.mjs';
import { factor } from './pace.mjs';
import { activeAlerts, hasResult } from './prometheus_client.mjs';
import { textOf } from './receiver.mjs';
import { startStack } from './stack.mjs';

/**
 * A trouble from life, and the notification that it must lead to.
 *
 * @typedef {object} Scenario
 * @property {string} story what happens, in one sentence
 * @property {readonly Expectation[]} expected every one of them must come
 * @property {string} sign query that has a result once the metrics tell of it
 * @property {number} [past] seconds of ordinary life that the rules want to compare with
 * @property {() => string | undefined} [lack] what the machine lacks for it
 * @property {(life: Life) => unknown} [before] ordinary life that the trouble ends
 * @property {(life: Life, stack: import('./stack.mjs').Stack) => unknown} begin makes it happen; it goes on until the life ends
 *
 * @typedef {object} Expectation
 * @property {string} alert
 * @property {Record<string, string>} [labels] that the alert must have, beside its name
 * @property {string} culprit that the text must name
 *
 * @typedef {object} Outcome
 * @property {'passed' | 'failed' | 'skipped'} result
 * @property {string} [reason]
 * @property {number} [seconds] from the event to the last notification
 * @property {string} [text] of the notifications
 */

const patience = 90_000;
// Four scrapes: every rate has a value.
const ordinary = 8;

/**
 * @param {Scenario} scenario
 * @param {(line: string) => void} print
 * @param {AbortSignal} cancelled
 * @returns {Promise<Outcome>}
 */
export async function perform(scenario, print, cancelled) {
  const lack = scenario.lack?.();
  if (lack !== undefined) return { result: 'skipped', reason: lack };
  const stack = await startStack();
  const life = new Life();
  try {
    await scenario.before?.(life);
    await sleep(1000 * Math.max(ordinary, scenario.past ?? 0), undefined, { signal: cancelled });
    const early = await unlooked(scenario, stack);
    if (early !== undefined) {
      return { result: 'skipped', reason: `${early} is on before anything was done: this machine is in that trouble` };
    }
    const began = Date.now();
    const line = timeline(began, print);
    line('event', scenario.story);
    await scenario.begin(life, stack);
    return await follow(scenario, stack, began, line, cancelled);
  } finally {
    await life.end();
    await stack.stop();
  }
}

/** @param {number} began @param {(line: string) => void} print */
function timeline(began, print) {
  /** @param {string} stage @param {string} text @param {number} [at] */
  return (stage, text, at = Date.now()) =>
    print(`${((at - began) / 1000).toFixed(1).padStart(6)} s  ${stage.padEnd(12)} ${text}`);
}

/** @param {Scenario} scenario @param {import('./stack.mjs').Stack} stack */
async function unlooked({ expected }, { prometheus }) {
  const active = await activeAlerts(prometheus.url);
  return expected.find((expectation) => active.some(({ labels }) => fits(expectation, labels)))?.alert;
}

/**
 * @param {Scenario} scenario
 * @param {import('./stack.mjs').Stack} stack
 * @param {number} began
 * @param {ReturnType<typeof timeline>} line
 * @param {AbortSignal} cancelled
 * @returns {Promise<Outcome>}
 */
async function follow({ expected, sign }, { prometheus, receiver }, began, line, cancelled) {
  /** Stages told already. @type {Set<string>} */
  const told = new Set();
  /** @param {string} stage @param {string} text @param {number} [at] */
  const once = (stage, text, at) => {
    if (!told.has(stage + text)) line(stage, text, at);
    told.add(stage + text);
  };
  while (Date.now() - began < patience) {
    if (!told.has(`metric${sign}`) && (await hasResult(prometheus.url, sign))) once('metric', sign);
    const active = await activeAlerts(prometheus.url);
    for (const expectation of expected) {
      for (const { state, labels } of active) if (fits(expectation, labels)) once(state, expectation.alert);
    }
    const received = expected.map((expectation) => find(expectation, receiver.notifications));
    for (const [index, found] of received.entries()) {
      if (found) once('notification', `${expected[index]?.alert}\n${indented(textOf(found.alert))}`, found.at);
    }
    if (received.every((found) => found !== undefined)) return judge(expected, received, began);
    await sleep(200, undefined, { signal: cancelled });
  }
  return { result: 'failed', reason: `no notification within ${patience / 1000} s` };
}

/**
 * @param {readonly Expectation[]} expected
 * @param {readonly { at: number, alert: import('./receiver.mjs').Alert }[]} received
 * @param {number} began
 * @returns {Outcome}
 */
function judge(expected, received, began) {
  const text = received.map(({ alert }) => textOf(alert)).join('\n');
  const seconds = (Math.max(...received.map(({ at }) => at)) - began) / 1000;
  const unnamed = expected.find(({ culprit }, index) => !textOf(received[index]?.alert ?? noAlert).includes(culprit));
  if (unnamed) return { result: 'failed', reason: `the text does not name ${unnamed.culprit}`, seconds, text };
  return { result: 'passed', seconds, text };
}

/** @type {import('./receiver.mjs').Alert} */
const noAlert = { status: 'resolved', labels: {}, annotations: {} };

/** @param {Expectation} expectation @param {readonly import('./receiver.mjs').Notification[]} notifications */
function find(expectation, notifications) {
  for (const { at, alerts } of notifications) {
    const alert = alerts.find(({ status, labels }) => status === 'firing' && fits(expectation, labels));
    if (alert) return { at, alert };
  }
  return undefined;
}

/** @param {Expectation} expectation @param {Record<string, string>} had */
function fits({ alert, labels = {} }, had) {
  return had.alertname === alert && Object.entries(labels).every(([name, value]) => had[name] === value);
}

/** @param {string} text */
function indented(text) {
  return text.replaceAll(/^/gm, ' '.repeat(10));
}

/** What a reader of the timeline should know first. */
export const preamble = `Durations of rules and routes are divided by ${factor}: [1m] is ${60 / factor} s, "five minutes" are ${300 / factor} s.`;
