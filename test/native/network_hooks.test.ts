import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { HookedProbe } from '../harness/hooked_probe.js';
import { OwnCgroup } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';
import { datagramsTo, VethPair } from '../harness/veth_pair.js';

/** In the fixture, too. */
const PORT = 4711;

const open: HookedProbe[] = [];
afterEach(() => {
  for (const probe of open.splice(0)) probe.close();
});

async function attached(hooks: Readonly<Record<string, AttachRequest>>): Promise<HookedProbe> {
  const probe = await HookedProbe.attach('network_hooks', hooks);
  open.push(probe);
  return probe;
}

async function refusal(hooks: Readonly<Record<string, AttachRequest>>): Promise<string> {
  const error = await attached(hooks).catch((error) => error);
  return `${error.code}: ${error.message}`;
}

describe(
  'programs for network interfaces',
  needs({ root: true, bpf: true, commands: ['ip', 'tc', 'bash', 'nsenter'] }),
  () => {
    let first: VethPair;
    let second: VethPair;
    beforeAll(async () => {
      first = await VethPair.make();
      second = await VethPair.make();
    });
    afterAll(() => {
      first?.remove();
      second?.remove();
    });

    const shown = (command: string) => execFileSync('sh', ['-c', command], { encoding: 'utf8' });
    const xdpOf = (pair: VethPair) => /\bxdp\w*/.exec(shown(`ip link show dev ${pair.name}`))?.[0];
    const filtersOf = (pair: VethPair) => shown(`tc filter show dev ${pair.name} ingress`);

    test.for([
      ['count_xdp', {}, 'xdp'],
      ['count_xdp', { mode: 'native' }, 'xdp'],
      ['count_xdp', { mode: 'generic' }, 'xdpgeneric'],
      ['count_frags', {}, 'xdp'],
    ] as const)('count frames: %s with %o', async ([program, settings, shownAs]) => {
      const probe = await attached({ [program]: { interfaces: [first.name, second.name], ...settings } });
      expect([xdpOf(first), xdpOf(second)]).toEqual([shownAs, shownAs]);
      first.receive(30, PORT);
      second.receive(12, PORT);
      first.receive(5, PORT + 1);
      await expect.poll(() => probe.count(program)).toBe(42);
      probe.close();
      expect(xdpOf(first)).toBeUndefined();
    });

    test.for([
      ['count_tc', { direction: 'ingress' }],
      ['count_classifier', { direction: 'ingress' }],
      ['count_tcx', {}],
      ['count_tapped', {}],
    ] as const)('count packets that arrive: %s', async ([program, settings]) => {
      const probe = await attached({ [program]: { interfaces: [first.name], ...settings } });
      first.receive(200, PORT);
      await expect.poll(() => probe.count(program)).toBe(200);
    });

    test.for([
      ['count_tc', { direction: 'egress' }],
      ['count_tc_egress', {}],
      ['count_tcx_egress', {}],
      ['count_tapped', {}],
    ] as const)('count packets that leave: %s', async ([program, settings]) => {
      const probe = await attached({ [program]: { interfaces: [first.name], ...settings } });
      first.send(200, PORT);
      await expect.poll(() => probe.count(program)).toBe(200);
    });

    test('leave the XDP program of another process in place', async () => {
      const other = await attached({ count_xdp: { interfaces: [first.name] } });
      const message = await refusal({ count_xdp: { interfaces: [second.name, first.name] } });
      expect(message).toBe(
        `NETWORK_HOOK_OCCUPIED: Cannot attach program "count_xdp" (xdp) to "${first.name}": the interface has an XDP program already`,
      );
      expect(xdpOf(second)).toBeUndefined();
      first.receive(3, PORT);
      await expect.poll(() => other.count('count_xdp')).toBe(3);
    });

    test('come after the filters of others, which stay', async () => {
      shown(`tc qdisc add dev ${second.name} clsact`);
      shown(`tc filter add dev ${second.name} ingress protocol all prio 7 bpf bytecode '1,6 0 0 0'`);
      const before = filtersOf(second);
      const probe = await attached({ count_tc: { interfaces: [second.name], direction: 'ingress' } });
      expect(filtersOf(second).startsWith(before)).toBe(true);
      expect(filtersOf(second)).toContain('count_tc');
      second.receive(60, PORT);
      await expect.poll(() => probe.count('count_tc')).toBe(60);
      probe.close();
      expect(filtersOf(second)).toBe(before);
      shown(`tc qdisc delete dev ${second.name} clsact`);
    });

    test('say that an interface does not exist', async () => {
      expect(await refusal({ count_tcx: { interfaces: ['none0'] } })).toBe(
        'NETWORK_HOOK_MISSING: Cannot attach program "count_tcx" (tcx/ingress): this host has no network interface "none0"',
      );
      expect(await refusal({ count_sent: { cgroup: '/nowhere' } })).toContain('there is no cgroup "/nowhere"');
      expect(await refusal({ count_sent: { cgroup: '/tmp' } })).toContain('"/tmp" is not a cgroup of version 2');
    });
  },
);

describe('programs for cgroups', needs({ root: true, bpf: true, commands: ['bash', 'bpftool'] }), () => {
  let cgroup: OwnCgroup;
  beforeAll(() => {
    cgroup = new OwnCgroup(`santabpf-network-${process.pid}`);
  });
  afterAll(() => cgroup?.remove());

  const inside = (words: string[]) => {
    const [shell = '', ...wrapper] = cgroup.wrapper;
    execFileSync(shell, [...wrapper, ...words]);
  };

  test('count the packets and connects of its processes only', async () => {
    const hook = { cgroup: cgroup.folder };
    const probe = await attached({ count_received: hook, count_sent: hook, count_connects: hook });
    const [command = '', ...words] = datagramsTo('127.0.0.1', 9, PORT);
    execFileSync(command, words);
    const received = `
      const socket = require('dgram').createSocket('udp4');
      let left = 50;
      socket.on('message', () => --left || socket.close());
      socket.bind(${PORT}, '127.0.0.1', () => { for (let i = 0; i < 50; i++) socket.send('x', ${PORT}, '127.0.0.1'); });`;
    inside([process.execPath, '-e', received]);
    expect([probe.count('count_received'), probe.count('count_sent'), probe.count('count_connects')]).toEqual([
      50, 50, 0,
    ]);
    inside(datagramsTo('127.0.0.1', 20, PORT));
    expect([probe.count('count_received'), probe.count('count_sent'), probe.count('count_connects')]).toEqual([
      50, 70, 20,
    ]);
  });

  test('are refused where others attached a program that allows no second one', async () => {
    const blocked = new OwnCgroup(`santabpf-blocked-${process.pid}`);
    try {
      await attached({ count_sent: { cgroup: cgroup.folder } });
      const programs = execFileSync('bpftool', ['--json', 'prog', 'show', 'name', 'count_sent'], { encoding: 'utf8' });
      const id = [...programs.matchAll(/"id":(\d+),"type"/g)].at(-1)![1]!;
      execFileSync('bpftool', ['cgroup', 'attach', blocked.folder, 'cgroup_inet_egress', 'id', id]);
      expect(await refusal({ count_sent: { cgroup: blocked.folder } })).toMatch(
        /^CGROUP_HOOK_OCCUPIED: .* to ".*santabpf-blocked-\d+": .* has a program that allows no others/,
      );
      expect(execFileSync('bpftool', ['cgroup', 'show', blocked.folder], { encoding: 'utf8' })).toContain(`${id} `);
    } finally {
      blocked.remove();
    }
  });

  test('count TCP connections', async () => {
    const server = createServer((socket) => socket.destroy());
    await promisify((done: () => void) => server.listen(0, '127.0.0.1', done))();
    const { port } = server.address() as { port: number };
    const probe = await attached({ count_connections: { cgroup: cgroup.folder } });
    inside(['bash', '-c', `for ((i = 0; i < 25; i++)); do : > /dev/tcp/127.0.0.1/${port}; done`]);
    expect(probe.count('count_connections')).toBe(25);
    server.close();
  });

  test('are attached to the root of cgroup v2 by default', async () => {
    const probe = await attached({ count_sent: {} });
    inside(datagramsTo('127.0.0.1', 10, PORT));
    expect(probe.count('count_sent')).toBeGreaterThanOrEqual(10);
  });
});
