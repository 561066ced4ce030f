import { execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isBefore } from '../../src/kernel/release.js';
import { HookedProbe } from '../harness/hooked_probe.js';
import { OwnCgroup } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';

const python = '/usr/bin/python3';

const ofInternet = ['bind', 'connect', 'sendmsg', 'recvmsg', 'getpeername', 'getsockname'].flatMap((call) => [
  `${call}4`,
  `${call}6`,
]);
const ofSockets = ['skb', 'sock', 'sock_create', 'sock_release', 'post_bind4', 'post_bind6', ...ofInternet];
const ofUnixSockets = ['connect', 'sendmsg', 'recvmsg', 'getpeername', 'getsockname'].map((call) => `${call}_unix`);
const hooks = [...ofSockets, 'getsockopt', 'setsockopt', 'sysctl', 'dev'];

/** Reaches every hook at least once. */
const work = `
from socket import *
def talk(family, address):
    server, client = socket(family, SOCK_DGRAM), socket(family, SOCK_DGRAM)
    server.bind(address)
    client.sendto(b'x', server.getsockname())
    server.recvfrom(1)
    client.connect(server.getsockname())
    client.getpeername()
    client.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    client.getsockopt(SOL_SOCKET, SO_REUSEADDR)
talk(AF_INET, ('127.0.0.1', 0))
talk(AF_INET6, ('::1', 0))
talk(AF_UNIX, '\\0santabpf-${process.pid}')
open('/proc/sys/kernel/hostname').read()
open('/dev/null').close()
`;

describe('every hook of cgroups', needs({ root: true, bpf: true, files: [python, '/proc/net/if_inet6'] }), () => {
  let cgroup: OwnCgroup;
  let probe: HookedProbe | undefined;
  beforeAll(() => {
    cgroup = new OwnCgroup(`santabpf-hooks-${process.pid}`);
  });
  afterEach(() => probe?.close());
  afterAll(() => cgroup?.remove());

  const countsOf = async (names: readonly string[]) => {
    const programs = names.map((name) => `count_${name}`);
    const place = { cgroup: cgroup.folder };
    probe = await HookedProbe.attach('cgroup_hooks', Object.fromEntries(programs.map((name) => [name, place])));
    const [shell = '', ...words] = cgroup.wrapper;
    execFileSync(shell, [...words, python, '-c', work]);
    return programs.map((name) => probe!.count(name));
  };
  const silent = (names: readonly string[], counts: readonly number[]) =>
    names.filter((_, index) => counts[index] === 0);

  test('counts what the processes of a cgroup do', async () => {
    const counts = await countsOf(hooks);
    expect(silent(hooks, counts)).toEqual([]);
    // Each family talks once, with a datagram that arrives once.
    expect(counts[hooks.indexOf('sendmsg4')]).toBe(1);
    expect(counts[hooks.indexOf('recvmsg6')]).toBe(1);
    expect(counts[hooks.indexOf('skb')]).toBe(2);
  });

  test('for Unix sockets too, which libbpf 1.1 does not know', async () => {
    if (isBefore(release(), 6, 7)) {
      await expect(countsOf(ofUnixSockets)).rejects.toThrow('does not support programs of this kind');
      return;
    }
    expect(silent(ofUnixSockets, await countsOf(ofUnixSockets))).toEqual([]);
  });

  test('for security decisions, or the policy of the host forbids it', async () => {
    const counts = await countsOf(['security']).catch((error) => error);
    if (Array.isArray(counts)) expect(counts[0]).toBe(3);
    else expect(counts.code).toMatch(/^(PROGRAM_FORBIDDEN|HOOK_MISSING)$/);
  });
});
