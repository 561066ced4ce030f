import { expect, test } from 'vitest';
import { type Answer, Refusal } from '../../src/symbols/helper.js';
import { mappingOf, type ObservedProcess, Processes, parseProcess } from '../../src/symbols/processes.js';

/** Answers for processes as the helper would. */
class FakeHelper {
  now = 0;
  readonly texts = new Map<number, string | Error>();
  readonly requests: string[] = [];
  readonly observed: [ObservedProcess, boolean][] = [];
  readonly processes = new Processes(
    this,
    () => this.now,
    (process, hasNewMappings) => this.observed.push([process, hasNewMappings]),
  );

  ask(request: string): Promise<Answer> {
    this.requests.push(request);
    const text = this.texts.get(Number(request.split(' ')[1])) ?? new Refusal('no such process');
    if (text instanceof Error) return Promise.reject(text);
    return Promise.resolve({ payload: new Uint8Array(Buffer.from(text)), cpuMs: 0 });
  }
}

const mapping = (start: string, end: string, path = '/bin/x') => `\n8:1 ${start}-${end} 00001000 ${path}`;

test('what the helper says of a process', () => {
  const text = `123 123.1.2 1000 4026531841.1.2 5:6:7${mapping('1000', '2000', '/opt/a b (deleted)')}\n- 3000-4000 00000000 \n- ffffffffff600000-ffffffffff601000 00000000 [vsyscall]`;
  const process = parseProcess(9, text, 5)!;
  expect(process).toMatchObject({ pid: 9, startTime: '123', user: 1000, perfMap: '5:6:7', hasEnded: false });
  expect(process.mappings).toEqual([
    {
      start: 0x1000,
      end: 0x2000,
      fileOffset: 0x1000,
      range: '1000-2000',
      path: '/opt/a b',
      rawPath: '/opt/a b (deleted)',
      identity: '8:1',
    },
    { start: 0x3000, end: 0x4000, fileOffset: 0, range: '3000-4000', path: '', rawPath: '', identity: undefined },
  ]);
  const at = (address: number) => mappingOf(process, address)?.range;
  expect([0xfff, 0x1000, 0x1fff, 0x2000, 0x3fff, 0x4000].map(at)).toEqual([
    undefined,
    '1000-2000',
    '1000-2000',
    undefined,
    '3000-4000',
    undefined,
  ]);
  expect(parseProcess(9, 'nothing', 0)).toBeUndefined();
});

test('a known process costs nothing for ten seconds, and its mappings are not read again for a minute', async () => {
  const helper = new FakeHelper();
  helper.texts.set(1, `0 stamp 0 v -${mapping('1000', '2000')}`);
  await helper.processes.observe([1, 1, 0, -1]);
  await helper.processes.observe([1]);
  expect(helper.requests).toEqual(['process 1 -']);
  helper.texts.set(1, '0 stamp 0 v 1:2');
  helper.now = 10_001;
  await helper.processes.observe([1]);
  expect(helper.requests.at(-1)).toBe('process 1 stamp');
  expect(helper.processes.get(1)).toMatchObject({ perfMap: '1:2', mappings: [{ range: '1000-2000' }] });
  helper.now = 61_000;
  await helper.processes.observe([1]);
  expect(helper.requests.at(-1)).toBe('process 1 -');
  expect(helper.observed.map(([, hasNewMappings]) => hasNewMappings)).toEqual([true, false]);
});

test('an exec, and another process with the same number, replace what was known', async () => {
  const helper = new FakeHelper();
  helper.texts.set(1, `5 first 0 v -${mapping('1000', '2000')}`);
  await helper.processes.observe([1]);
  helper.now = 11_000;
  helper.texts.set(1, `5 second 0 v -${mapping('3000', '4000')}`);
  await helper.processes.observe([1]);
  expect(helper.processes.get(1)?.mappings[0]?.range).toBe('3000-4000');
  helper.now = 22_000;
  helper.texts.delete(1);
  await helper.processes.observe([1]);
  expect(helper.processes.get(1)).toMatchObject({ hasEnded: true, mappings: [{ range: '3000-4000' }] });
  helper.now = 33_000;
  helper.texts.set(1, `900 third 0 v -${mapping('5000', '6000')}`);
  await helper.processes.observe([1]);
  expect(helper.processes.get(1)).toMatchObject({ hasEnded: false, mappings: [{ range: '5000-6000' }] });
});

test('a process that is ending keeps its mappings', async () => {
  const helper = new FakeHelper();
  helper.texts.set(1, `5 first 0 v -${mapping('1000', '2000')}`);
  await helper.processes.observe([1]);
  helper.now = 61_000;
  helper.texts.set(1, '5 0.0.0 0 v -');
  await helper.processes.observe([1]);
  expect(helper.processes.get(1)?.mappings).toHaveLength(1);
});

test('a process that holds the helper is left alone for ten minutes', async () => {
  const helper = new FakeHelper();
  helper.texts.set(1, new Error('no answer in time'));
  await helper.processes.observe([1]);
  helper.now = 500_000;
  await helper.processes.observe([1]);
  expect(helper.requests).toHaveLength(1);
  helper.now = 601_000;
  await helper.processes.observe([1]);
  expect(helper.requests).toHaveLength(2);
});

test('the number of processes and of mappings is bounded; the ones not asked for longest are forgotten', async () => {
  const helper = new FakeHelper();
  const many = Array.from({ length: 1000 }, (_, i) =>
    mapping((4096 * (i + 1)).toString(16), (4096 * (i + 2)).toString(16)),
  );
  for (let pid = 1; pid <= 5000; pid++)
    helper.texts.set(pid, `5 s 0 v -${pid > 4900 ? many.join('') : mapping('1000', '2000')}`);
  for (let pid = 1; pid <= 5000; pid++) {
    await helper.processes.observe([pid]);
    await helper.processes.observe([1]);
    expect(helper.processes.size).toBeLessThanOrEqual(4096);
  }
  expect(helper.processes.size).toBeLessThanOrEqual(101);
  expect(helper.processes.get(1)).toBeDefined();
  expect(helper.processes.get(5000)?.mappings).toHaveLength(1000);
});
