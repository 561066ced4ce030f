import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunningExporter } from '../harness/exporter.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';
import { attachedPrograms } from './kernel_objects.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape } from './probes.js';
import { reload } from './reload/reload.js';

/** Below the ephemeral ports, so it has series of its own. */
const port = 20_000 + (process.pid % 10_000);

async function startServer(): Promise<void> {
  const server = createServer((socket) => socket.end()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

async function makeConnections(number: number): Promise<void> {
  for (let i = 0; i < number; i++) {
    const socket = connect(port, '127.0.0.1').resume();
    await once(socket, 'close');
  }
}

async function opened(exporter: RunningExporter): Promise<number> {
  const counts = (await Scrape.of(exporter)).value('tcp_connections_opened_total', { peer_port: String(port) });
  return counts ?? 0;
}

describe('handlers of TCP states', needs(fixtureNeeds), () => {
  it('count exactly beside others, without attached programs of their own, while others come and go', async () => {
    const unseen = await unseenShare();
    await startServer();
    const exporter = await exporterOf({ config: mainFileOf('tcp') });
    const attached = attachedPrograms(exporter, 'dispatch_change');
    expect(attached).toBeGreaterThan(0);
    await makeConnections(300);
    expectSeen(await opened(exporter), 300, unseen);

    let total = 300;
    for (const probes of [
      ['tcp', 'tcp_segments', 'accept_queue'],
      ['tcp', 'accept_queue'],
      ['tcp', 'tcp_segments'],
    ]) {
      exporter.write({ 'santabpf.yaml': mainFileOf(...probes) });
      let done = false;
      const changed = reload(exporter).finally(() => {
        done = true;
      });
      for (; !done; total += 10) await makeConnections(10);
      expect((await changed).status).toBe(200);
      expectSeen(await opened(exporter), total, unseen);
      expect(attachedPrograms(exporter, 'dispatch_change')).toBe(attached);
      expect(attachedPrograms(exporter, 'change_state')).toBe(0);
    }
    const scrape = await Scrape.of(exporter);
    const runs = scrape.value('program_runs_total', { probe: 'tcp', program: 'change_state' })!;
    // Both ends of a connection open and close: five changes that the handler wants.
    expect(runs).toBeGreaterThanOrEqual(5 * total * (1 - unseen));
    expect(scrape.value('program_runs_total', { probe: 'tcp_states', program: 'dispatch_change' })).toBeGreaterThan(
      runs,
    );

    exporter.write({ 'santabpf.yaml': mainFileOf('forks') });
    expect((await reload(exporter)).status).toBe(200);
    expect(attachedPrograms(exporter, 'dispatch_change')).toBe(0);
  });
});
