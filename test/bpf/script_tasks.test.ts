/** What scripts say of other tasks than the current one. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { atCall, closeScripts, entries, kernel, key, started } from '../harness/running_script.js';

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
const canLookUp = kernel.btf?.find('function', 'bpf_task_from_pid') !== undefined;

afterEach(closeScripts);

async function textsOf(object: BpfObject, map: string): Promise<string[]> {
  return [...(await entries(object, map)).keys()].map((key) => key.replace(/\0+$/, ''));
}

describe('names of tasks', needs({ root: true, bpf: true }), () => {
  test('are those of the task that is given', async () => {
    const object = await started(
      `${atCall} { @own[comm(curtask)] = count(); @parent[pcomm(curtask)] = count(); @of[comm(curtask->real_parent)] = count(); }`,
    );
    callGetppid(1);
    expect(await textsOf(object, 'own')).toEqual([commandOf(process.pid)]);
    expect(await textsOf(object, 'parent')).toEqual([commandOf(process.ppid)]);
    expect(await textsOf(object, 'of')).toEqual([commandOf(process.ppid)]);
  });

  test.runIf(canLookUp).each(['begin', 'iter:task'])(
    'are found by a number, and empty if there is no such thread: %s',
    async (point) => {
      const object = await started(
        `${point} { @own[comm((uint32)${process.pid})] = 1; $none = comm(-1); @none[$none] = 1; @parent[comm(${process.ppid})] = 1; }`,
      );
      for (const { name } of object.programs()) await object.attach(name).iterate();
      expect(await textsOf(object, 'own')).toEqual([commandOf(process.pid)]);
      expect(await textsOf(object, 'none')).toEqual(['']);
      expect(await textsOf(object, 'parent')).toEqual([commandOf(process.ppid)]);
    },
  );

  test('are refused by their number where the kernel refuses it', async () => {
    const problem = canLookUp
      ? 'Programs of type rawtracepoint may not look up a thread by its number'
      : 'This kernel does not let programs look up a thread by its number';
    await expect(started(`${atCall} { @[comm(1)] = count(); }`)).rejects.toMatchObject({
      faults: [{ code: 'SCRIPT_INVALID', message: problem }],
    });
  });
});

/** Asks for the cookie of a socket before it listens. */
const listener = `
import socket, struct
s = socket.socket()
print(struct.unpack("=Q", s.getsockopt(socket.SOL_SOCKET, 57, 8))[0])
s.bind(("127.0.0.1", 0))
s.listen()
`;

test(
  'socket_cookie() is what the program was given',
  needs({ root: true, bpf: true, commands: ['python3'] }),
  async () => {
    const object = await started(
      'rawtracepoint:inet_sock_set_state /comm == "python3" && args.newstate == TCP_LISTEN/ { @[socket_cookie(args.sk)] = count(); }',
    );
    const cookie = execFileSync('python3', ['-c', listener], { encoding: 'utf8' }).trim();
    expect([...(await entries(object, 'script')).keys()]).toContain(key(Number(cookie)));
  },
);
