import { freeServicePort } from '../service.mjs';

// Twenty samples a second are all that it can write away.
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

// In a network namespace of its own, as in a container: what is usual on the host's loopback device does not count there.
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
    'a statistics collector does not read as fast as a service sends, and a container logs to a server that is gone',
  expected: [
    { alert: 'SantaPacketsDropped', labels: { reason: 'SOCKET_RCVBUFF', device: 'lo' }, culprit: 'SOCKET_RCVBUFF, lo' },
    { alert: 'SantaPacketsRefused', labels: { reason: 'NO_SOCKET', device }, culprit: `NO_SOCKET, ${device}` },
  ],
  light: true,
  sign: 'instance_reason_device:santabpf_packet_drops_overrun:rate1m{reason="SOCKET_RCVBUFF",device="lo"} > 0',
  // Somebody always knocks at a closed port. The rule compares with the hour that ended five minutes ago.
  past: 56,
  before(life) {
    life.run('unshare', ['--net', life.script('scan', contained(1), '/usr/bin/python3')]);
  },
  async begin(life) {
    const port = await freeServicePort(8125);
    life.run(life.script('stats-collector', collector(port), '/usr/bin/python3'));
    life.run(life.script('shop', sender(port, 200), '/usr/bin/python3'));
    life.run('unshare', ['--net', life.script('access-log', contained(500), '/usr/bin/python3')]);
  },
};
