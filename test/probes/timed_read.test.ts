import { expect, test } from 'vitest';
import { Deadline } from '../../src/probes/deadline.js';
import { TimedRead } from '../../src/probes/timed_read.js';
import { gate } from '../harness/waiting.js';

/** A read that ends when a test opens its gate, with a clock that the test sets. */
class HeldRead {
  begun = 0;
  now = 0;
  succeeds = true;
  gate = gate();
  readonly read = new TimedRead(
    async () => {
      this.begun++;
      await this.gate.promise;
      return this.succeeds;
    },
    () => this.now,
  );
}

/** A deadline that has passed. */
function passed(): Deadline {
  const deadline = new Deadline(1000);
  deadline.end();
  return deadline;
}

test('a read that ends before its deadline is read', async () => {
  const held = new HeldRead();
  const deadline = new Deadline(60_000);
  const outcome = held.read.within(deadline);
  held.now = 0.5;
  held.gate.open();
  expect(await outcome).toEqual({ seconds: 0.5, result: 'read' });
  expect(held.read.isRunning).toBe(false);
  deadline.end();
});

test('a late read goes on; the next call waits for it, and the one after its end reads anew', async () => {
  const held = new HeldRead();
  expect(await held.read.within(passed())).toMatchObject({ result: 'late' });
  held.now = 15;
  expect(await held.read.within(passed())).toEqual({ seconds: 15, result: 'late' });
  expect([held.begun, held.read.isRunning]).toEqual([1, true]);
  const third = held.read.within(undefined);
  held.now = 16;
  held.gate.open();
  expect(await third).toEqual({ seconds: 16, result: 'read' });
  expect(held.begun).toBe(1);
  expect(await held.read.within(undefined)).toEqual({ seconds: 0, result: 'read' });
  expect(held.begun).toBe(2);
});

test('a read that fails is no late one, also after a deadline that it missed', async () => {
  const held = new HeldRead();
  held.succeeds = false;
  expect(await held.read.within(passed())).toMatchObject({ result: 'late' });
  held.gate.open();
  expect(await held.read.within(undefined)).toMatchObject({ result: 'failed' });
});
