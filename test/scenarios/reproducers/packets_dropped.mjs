import { freeServicePort } from '../service.mjs';

// It processes twenty samples a second.
/** @param {number} port */
const collector = (port) => `import socket, time
inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
inbox.bind(('127.0.0.1', ${port}))
while True:
    inbox.recv(512)
    time.sleep(0.05)`;

/** @param {number} port @param {number} perSecond */
const sender = (port, perSecond) => `import socket, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for datagram in range(${Math.max(1, perSecond / 20)}):
        out.sendto(b'shop.requests:1|c', ('127.0.0.1', ${port}))
    time.sleep(${Math.max(0.05, 1 / perSecond)})`;

// Runs in its own network namespace, as in a container, so the usual drops on the host's loopback device do not interfere.
const device = 'shop-eth0';
/** @param {number} perSecond */
const contained = (perSecond) => `import fcntl, socket, struct
SIOCSIFNAME, SIOCSIFFLAGS, IFF_UP = 0x8923, 0x8914, 1
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any:
    fcntl.ioctl(any, SIOCSIFNAME, struct.pack('16s24s', b'lo', b'${device}'))
    fcntl.ioctl(any, SIOCSIFFLAGS, struct.pack('16sH22x', b'${device}', IFF_UP))
${sender(514, perSecond)}`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story:
    'a statistics collector reads too slowly for the service that sends to it, and a container logs to a server that is gone',
  expected: [
    { alert: 'SantaPacketsDropped', labels: { reason: 'SOCKET_RCVBUFF', device: 'lo' }, culprit: 'SOCKET_RCVBUFF, lo' },
    { alert: 'SantaPacketsRefused', labels: { reason: 'NO_SOCKET', device }, culprit: `NO_SOCKET, ${device}` },
  ],
  light: true,
  symptom: 'instance_reason_device:santabpf_packet_drops_overrun:rate1m{reason="SOCKET_RCVBUFF",device="lo"} > 0',
  // Some refused packets are normal, so the rule uses a baseline: the hour that ended five minutes ago.
  history: 56,
  before(workspace) {
    workspace.run('unshare', ['--net', workspace.script('scan', contained(1), '/usr/bin/python3')]);
  },
  async begin(workspace) {
    const port = await freeServicePort(8125);
    workspace.run(workspace.script('stats-collector', collector(port), '/usr/bin/python3'));
    workspace.run(workspace.script('shop', sender(port, 200), '/usr/bin/python3'));
    workspace.run('unshare', ['--net', workspace.script('access-log', contained(500), '/usr/bin/python3')]);
  },
};
