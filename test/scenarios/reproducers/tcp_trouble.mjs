import { freeServicePort } from '../service.mjs';

// The lossy cable is a socket filter that drops one packet in five. It loads a random number from SKF_AD_OFF + SKF_AD_RANDOM.
/** @param {number} port */
const store = (port) => `import ctypes, socket, struct
filter = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *instruction) for instruction in (
    (0x20, 0, 0, 0xfffff038),
    (0x25, 1, 0, 2 ** 32 // 5),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xffff))))
listener = socket.create_server(('127.0.0.1', ${port}))
backup, _ = listener.accept()
SO_ATTACH_FILTER = 26
backup.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('HL', 4, ctypes.addressof(filter)))
while backup.recv(65536):
    pass`;

/** @param {number} port */
const backup = (port) => `import socket, time
while True:
    try:
        store = socket.create_connection(('127.0.0.1', ${port}))
        break
    except ConnectionRefusedError:
        time.sleep(1)
store.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
while True:
    store.sendall(bytes(1000))
    time.sleep(0.02)`;

// Health checks that reset the connection instead of closing it.
/** @param {number} perSecond */
const balancer = (perSecond) => `import socket, struct, threading, time
server = socket.create_server(('127.0.0.1', 0))
def serve():
    while True:
        server.accept()[0].close()
threading.Thread(target=serve, daemon=True).start()
while True:
    check = socket.create_connection(server.getsockname())
    check.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    check.close()
    time.sleep(1 / ${perSecond})`;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story:
    'a web shop keeps retrying its dead database, a cable loses a fifth of a backup, and a load balancer checks its server too often',
  expected: [
    { alert: 'SantaTcpConnectFailing', labels: { command: 'web-shop' }, culprit: 'web-shop' },
    { alert: 'SantaTcpRetransmits', labels: { command: 'nightly-backup' }, culprit: 'nightly-backup' },
    { alert: 'SantaTcpResets', culprit: 'load-balancer' },
  ],
  light: true,
  symptom: 'instance_command_port:santabpf_tcp_connect_failures:rate1m{command="web-shop"} > 0',
  // The rule for resets uses a baseline: the hour that ended five minutes ago.
  history: 56,
  before(workspace) {
    workspace.run(workspace.script('old-balancer', balancer(1), '/usr/bin/python3'));
  },
  async begin(workspace) {
    workspace.run(workspace.script('load-balancer', balancer(100), '/usr/bin/python3'));
    const database = await freeServicePort(5432);
    workspace.run(workspace.script('web-shop', `while :; do : < /dev/tcp/127.0.0.1/${database}; sleep 0.1; done`));
    const port = await freeServicePort(8730);
    workspace.run(workspace.script('backup-store', store(port), '/usr/bin/python3'));
    workspace.run(workspace.script('nightly-backup', backup(port), '/usr/bin/python3'));
  },
};
