import type { ChildProcess } from 'node:child_process';
import { end, launch } from './children.js';

const program = `require('node:http').createServer((request, response) => response.end('up 1\\n'))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;

/** A `node:http` server that answers one line: the least that a page from Node costs. The caller stops it. */
export class BareServer {
  readonly port: number;
  readonly process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.process = process;
    this.port = port;
  }

  static async start(): Promise<BareServer> {
    const child = launch(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise<number>((resolve) => {
      child.stdout!.once('data', (data: Buffer) => resolve(Number(data.toString())));
    });
    return new BareServer(child, port);
  }

  async stop(): Promise<void> {
    await end(this.process, 'SIGKILL');
  }
}
