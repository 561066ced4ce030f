import { EventEmitter } from 'node:events';

/** The address and the end of a connection, without a network. */
export class FakeSocket extends EventEmitter {
  readonly localAddress = '192.0.2.254';
  readonly localPort = 10225;
  destroyed = false;

  constructor(
    readonly remoteAddress: string,
    readonly remotePort: number,
  ) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}
