import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { LIMITS } from '../../src/http/limits.js';
import { SharedBody } from '../../src/http/shared_body.js';
import { Transfer } from '../../src/http/transfer.js';
import { eventually, pause } from '../harness/waiting.js';

const CHUNK = Buffer.alloc(64 * 1024);

/** A transfer of a body of 1 MiB to a client that takes a chunk whenever `taken` is called. */
function transferring() {
  const counted = {
    bytes: 0,
    add(bytes: number) {
      this.bytes += bytes;
    },
  };
  const body = new SharedBody({ add: () => {} });
  const scrape = { reader: body.join(), ready: Promise.resolve(), isNewest: () => true };
  const transfer = new Transfer('a', scrape, {} as ServerResponse, counted);
  const writes: (() => void)[] = [];
  const state = { written: 0, ended: false };
  const client = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _, done) => {
      state.written += chunk.length;
      writes.push(done);
    },
    final: (done) => {
      state.ended = true;
      done();
    },
  });
  transfer.pipe(client);
  void body.produce(
    (async function* () {
      for (let chunk = 0; chunk < 16; chunk++) yield CHUNK;
    })(),
  );
  return { transfer, counted, state, taken: () => writes.shift()?.() };
}

it('hands over at most a window ahead of what the client has taken', async () => {
  const { counted, state, taken } = transferring();
  await pause(20);
  expect(counted.bytes).toBe(LIMITS.windowBytes);
  taken();
  await pause(20);
  expect(counted.bytes).toBe(LIMITS.windowBytes);
  expect(state.written).toBe(2 * CHUNK.length);
  await eventually(() => {
    taken();
    return state.ended;
  });
  expect(state.written).toBe(16 * CHUNK.length);
  expect(counted.bytes).toBe(0);
});

it('frees what its connection holds when it leaves', async () => {
  const { transfer, counted, taken } = transferring();
  await pause(20);
  transfer.leave();
  expect(counted.bytes).toBe(0);
  taken();
  await pause(20);
  expect(counted.bytes).toBe(0);
});
