import { freePort } from '../service.mjs';

// Twenty samples a second are all that it can write away.
const collector = (/** @type {number} */ port) => `import socket, time
inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
inbox.bind(('127.0.0.1', ${port}))
while True:
    inbox.recv(512)
    time.sleep(0.05)`;

const service = (/** @type {number} */ port) => `import socket, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for request in range(10):
        out.sendto(b'shop.requests:1|c', ('127.0.0.1', ${port}))
    time.sleep(0.05)`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a statistics collector does not read its datagrams as fast as a service sends them',
  expected: [
    {
      alert: 'SantaPacketsDropped',
      labels: { reason: 'SOCKET_RCVBUFF', device: 'lo' },
      culprit: 'SOCKET_RCVBUFF, lo',
    },
  ],
  light: true,
  sign: 'instance_reason_device:santabpf_packet_drops_overrun:rate1m{reason="SOCKET_RCVBUFF",device="lo"} > 0',
  async begin(life) {
    const port = await freePort();
    life.run(life.script('stats-collector', collector(port), '/usr/bin/python3'));
    life.run(life.script('shop', service(port), '/usr/bin/python3'));
  },
};
