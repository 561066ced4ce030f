import { freePort } from '../service.mjs';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'the database of a web shop has gone, and the shop keeps on trying',
  expected: [{ alert: 'SantaTcpConnectFailing', labels: { command: 'web-shop' }, culprit: 'web-shop' }],
  light: true,
  sign: 'instance_command_errno:santabpf_tcp_connect_failures:rate1m{command="web-shop"} > 0',
  async begin(life) {
    const port = await freePort();
    life.run(life.script('web-shop', `while :; do : < /dev/tcp/127.0.0.1/${port}; sleep 0.1; done`));
  },
};
