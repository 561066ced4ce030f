import { setTimeout as sleep } from 'node:timers/promises';
import { Life } from './life.mjs';
import { factor } from './pace.mjs';
import { activeAlerts, hasResult, waitsOf } from './prometheus_client.mjs';
import { textOf } from './receiver.mjs';

/**
 * A trouble from life, and the notification that it must lead to.
 *
 * @typedef {object} Scenario
 * @property {string} story what happens, in one sentence
 * @property {readonly Expectation[]} expected every one of them must come
 * @property {string} sign query that has a result once the metrics tell of it
 * @property {boolean} [light] takes so little of the machine, and is named so surely, that it runs beside others like it
 * @property {boolean} [last] leaves an exporter that others cannot use
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
 *
 * @typedef {(line: string) => void} Print
 */

/** Milliseconds for all that must be seen. */
const patience = 120_000;
/** Milliseconds in which an alert that is on may end before anything is done. */
const calming = 60_000;
/** Milliseconds between two looks. */
const pause = 250;
/** Seconds: four scrapes, so that every rate has a value. */
const ordinary = 8;

/**
 * Makes the trouble and follows it to the notification; what it did to the machine is undone when it returns.
 *
 * @param {Scenario} scenario
 * @param {import('./stack.mjs').Stack} stack may serve other scenarios at the same time
 * @param {Print} print takes the timeline
 * @param {AbortSignal} cancelled
 * @returns {Promise<Outcome>}
 */
export async function perform(scenario, stack, print, cancelled) {
  const lack = scenario.lack?.();
  if (lack !== undefined) return { result: 'skipped', reason: lack };
  const life = new Life();
  try {
    await scenario.before?.(life);
    const since = scenario.before ? Date.now() : stack.since;
    const ready = since + 1000 * Math.max(ordinary, scenario.past ?? 0);
    await sleep(Math.max(0, ready - Date.now()), undefined, { signal: cancelled });
    const on = await stillOn(scenario, stack, print, cancelled);
    if (on !== undefined) {
      return { result: 'skipped', reason: `${on} is on before anything was done: this machine is in that trouble` };
    }
    const began = Date.now();
    const line = timeline(began, print);
    line('event', scenario.story);
    await scenario.begin(life, stack);
    return await follow(scenario, stack, began, line, cancelled);
  } finally {
    await life.end();
  }
}

/**
 * The alert that is on and does not end, if there is one.
 *
 * @param {Scenario} scenario
 * @param {import('./stack.mjs').Stack} stack
 * @param {Print} print
 * @param {AbortSignal} cancelled
 */
async function stillOn({ expected }, { prometheus }, print, cancelled) {
  const deadline = Date.now() + calming;
  for (let told = false; ; told = true) {
    const active = await activeAlerts(prometheus.url);
    const on = expected.find((expectation) => active.some(({ labels }) => fits(expectation, labels)))?.alert;
    if (on === undefined || Date.now() > deadline) return on;
    if (!told) print(`          ${on} is on already: waiting for its end`);
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
async function follow({ expected, sign }, { prometheus, receiver }, began, line, cancelled) {
  const waits = await waitsOf(prometheus.url);
  const awaited = new Set([
    `metric ${sign}`,
    ...expected.flatMap((expectation) => {
      const stages = (waits.get(expectation.alert) ?? 0) > 0 ? ['pending', 'firing'] : ['firing'];
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
    if (Date.now() - began > patience) {
      return { result: 'failed', reason: `within ${patience / 1000} s there was no ${[...awaited].join(', no ')}` };
    }
    if (awaited.has(`metric ${sign}`) && (await hasResult(prometheus.url, sign))) see('metric', sign);
    const active = await activeAlerts(prometheus.url);
    for (const expectation of expected) {
      const name = nameOf(expectation);
      for (const { state, labels } of active) if (fits(expectation, labels)) see(state, name);
      // On a busy machine nobody may have looked while it was pending.
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
  return judge(received, began);
}

/**
 * @param {ReadonlyMap<Expectation, ReturnType<typeof find>>} received
 * @param {number} began
 * @returns {Outcome}
 */
function judge(received, began) {
  const found = [...received];
  const seconds = (Math.max(...found.map(([, told]) => told?.at ?? 0)) - began) / 1000;
  const unnamed = found.find(([{ culprit }, told]) => !told || !textOf(told.alert).includes(culprit));
  if (unnamed) return { result: 'failed', reason: `the text does not name ${unnamed[0].culprit}`, seconds };
  return { result: 'passed', seconds };
}

/**
 * The first notification of an alert that began to fire after the event.
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

/** @param {Expectation} expectation @param {number} seconds @returns {string} a query that has a result if it was pending */
function pendingWithin({ alert, labels }, seconds) {
  return `count_over_time(${nameOf({ alert: 'ALERTS', labels: { ...labels, alertname: alert, alertstate: 'pending' }, culprit: '' })}[${seconds}s])`;
}

/** @param {Expectation} expectation */
function nameOf({ alert, labels }) {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? alert : `${alert}{${pairs.join(', ')}}`;
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
