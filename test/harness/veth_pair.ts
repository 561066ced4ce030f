import { execFileSync } from 'node:child_process';

let made = 0;

/** Two connected network interfaces: one in the network namespace of this process, its peer in a new one. */
export class VethPair {
  readonly #number = made++;
  readonly #namespace = `santabpf-${process.pid}-${this.#number}`;
  /** The interface in the namespace of this process. */
  readonly name = `sb${process.pid}n${this.#number}`;
  readonly address = `198.18.${this.#number}.1`;
  readonly peerAddress = `198.18.${this.#number}.2`;

  constructor() {
    const { name } = this;
    ip(`netns add ${this.#namespace}`);
    ip(`link add ${name} type veth peer name peer netns ${this.#namespace}`);
    ip(`address add ${this.address}/30 dev ${name}`);
    ip(`link set ${name} up`);
    ip(`-n ${this.#namespace} address add ${this.peerAddress}/30 dev peer`);
    ip(`-n ${this.#namespace} link set peer up`);
  }

  /** Sends datagrams from the peer to this process's side. */
  receive(datagrams: number, port: number): void {
    execFileSync('ip', ['netns', 'exec', this.#namespace, ...datagramsTo(this.address, datagrams, port)]);
  }

  /** Sends datagrams to the peer. */
  send(datagrams: number, port: number): void {
    const [command = '', ...words] = datagramsTo(this.peerAddress, datagrams, port);
    execFileSync(command, words);
  }

  remove(): void {
    ip(`link delete ${this.name}`);
    ip(`netns delete ${this.#namespace}`);
  }
}

/** A command that sends datagrams, each from a socket of its own. */
export function datagramsTo(address: string, count: number, port: number): string[] {
  return ['bash', '-c', `for ((i = 0; i < ${count}; i++)); do echo > /dev/udp/${address}/${port}; done`];
}

function ip(words: string): void {
  execFileSync('ip', words.split(' '));
}
