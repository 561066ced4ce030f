import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

let made = 0;

/** Two connected network interfaces: one in the network namespace of this process, its peer in a new one. */
export class VethPair {
  readonly #holder: ChildProcess;
  /** The interface in the namespace of this process. */
  readonly name: string;
  readonly address: string;
  readonly peerAddress: string;

  private constructor(holder: ChildProcess, number: number) {
    this.#holder = holder;
    this.name = `sb${process.pid}n${number}`;
    this.address = `198.18.${number}.1`;
    this.peerAddress = `198.18.${number}.2`;
    ip(`link add ${this.name} type veth peer name peer netns ${holder.pid}`);
    ip(`address add ${this.address}/30 dev ${this.name}`);
    ip(`link set ${this.name} up`);
    this.#runInside(['ip', 'address', 'add', `${this.peerAddress}/30`, 'dev', 'peer']);
    this.#runInside(['ip', 'link', 'set', 'peer', 'up']);
  }

  static async make(): Promise<VethPair> {
    // The namespace ends with this process.
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout!, 'data');
    return new VethPair(holder, made++);
  }

  /** Sends datagrams from the peer to this process's side. */
  receive(datagrams: number, port: number): void {
    this.#runInside(datagramsTo(this.address, datagrams, port));
  }

  /** Sends datagrams to the peer. */
  send(datagrams: number, port: number): void {
    const [command = '', ...words] = datagramsTo(this.peerAddress, datagrams, port);
    execFileSync(command, words);
  }

  remove(): void {
    ip(`link delete ${this.name}`);
    this.#holder.kill();
  }

  #runInside(command: string[]): void {
    execFileSync('nsenter', ['--net', '--target', `${this.#holder.pid}`, ...command]);
  }
}

/** A command that sends datagrams, each from a socket of its own. */
export function datagramsTo(address: string, count: number, port: number): string[] {
  return ['bash', '-c', `for ((i = 0; i < ${count}; i++)); do echo > /dev/udp/${address}/${port}; done`];
}

function ip(words: string): void {
  execFileSync('ip', words.split(' '));
}
