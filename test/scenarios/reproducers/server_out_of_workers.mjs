import { freePort } from '../service.mjs';

/** @param {number} port */
const shop = (port) => `from http.server import HTTPServer, SimpleHTTPRequestHandler
from threading import Thread

server = HTTPServer(('127.0.0.1', ${port}), SimpleHTTPRequestHandler)

def work():
    while True:
        server.process_request(*server.get_request())

for _ in range(5):
    Thread(target=work).start()`;

// Each sends headers slowly and never finishes its request, so it occupies a worker.
/** @param {number} port */
const slowClients = (port) => `import socket, time
time.sleep(1)
phones = [socket.create_connection(('127.0.0.1', ${port})) for _ in range(5)]
for phone in phones:
    phone.sendall(b'GET / HTTP/1.1\\r\\n')
while True:
    time.sleep(1)
    for phone in phones:
        phone.sendall(b'X-Wait: yes\\r\\n')`;

/** @param {number} port */
const visitors = (port) => `import socket, time
time.sleep(2)
waiting = []
while True:
    visitor = socket.socket()
    visitor.setblocking(False)
    visitor.connect_ex(('127.0.0.1', ${port}))
    waiting.append(visitor)
    if len(waiting) > 20:
        waiting.pop(0).close()
    time.sleep(0.2)`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'five slow clients occupy the five workers of a web shop while visitors keep connecting',
  expected: [
    { alert: 'SantaServerOutOfWorkers', labels: { command: 'web-server' }, culprit: 'web-server' },
    { alert: 'SantaListenQueueOverflows', labels: { command: 'web-server' }, culprit: 'web-server' },
  ],
  light: true,
  symptom: 'santabpf_listen_queues_full{command="web-server"} > 0',
  async begin(workspace) {
    const port = await freePort();
    const python = '/usr/bin/python3';
    workspace.run(workspace.script('web-server', shop(port), python));
    workspace.run(workspace.script('slow-clients', slowClients(port), python));
    workspace.run(workspace.script('visitors', visitors(port), python));
  },
};
