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

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a statistics collector does not read as fast as a service sends, and a log server is gone',
  expected: [
    { alert: 'SantaPacketsDropped', labels: { reason: 'SOCKET_RCVBUFF', device: 'lo' }, culprit: 'SOCKET_RCVBUFF, lo' },
    { alert: 'SantaPacketsRefused', labels: { reason: 'NO_SOCKET', device: 'lo' }, culprit: 'NO_SOCKET, lo' },
  ],
  light: true,
  sign: 'instance_reason_device:santabpf_packet_drops_overrun:rate1m{reason="SOCKET_RCVBUFF",device="lo"} > 0',
  // Somebody always knocks at a closed port. The rule compares with the hour that ended five minutes ago.
  past: 56,
  async before(life) {
    life.run(life.script('scan', sender(await freeServicePort(9), 1), '/usr/bin/python3'));
  },
  async begin(life) {
    const port = await freeServicePort(8125);
    life.run(life.script('stats-collector', collector(port), '/usr/bin/python3'));
    life.run(life.script('shop', sender(port, 200), '/usr/bin/python3'));
    life.run(life.script('access-log', sender(await freeServicePort(514), 500), '/usr/bin/python3'));
  },
};
