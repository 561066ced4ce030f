import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { clientNetwork } from './client_network.js';
import { LIMITS } from './limits.js';

interface Connection {
  readonly socket: Socket;
  readonly client: string;
  /** When its request began to be answered, or since when it is idle, by `performance.now()`. */
  since: number;
}

/** Connections of one client, each set in the order of `since`. Those without a complete request are idle. */
interface Client {
  readonly idle: Set<Connection>;
  readonly busy: Set<Connection>;
}

/**
 * The open connections of all listening sockets. Above the limit a newcomer takes the place of a connection of the client that
 * has most: its longest idle one or, if it has none, the one that has been answered for longest.
 */
export class Connections {
  readonly #limit: number;
  readonly #open = new Map<string, Connection>();
  readonly #clients = new Map<string, Client>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a connection that was accepted. Closes another one if there are too many. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    const connection = { socket, client: clientNetwork(socket.remoteAddress), since: performance.now() };
    if (this.#open.size >= this.#limit) this.#makeRoom();
    this.#open.set(key, connection);
    const client = this.#clients.get(connection.client) ?? { idle: new Set(), busy: new Set() };
    this.#clients.set(connection.client, client.idle.add(connection) && client);
    socket.once('close', () => this.#remove(key, connection));
  }

  /** A request of a connection begins to be answered. @param socket the connection, or the TLS socket on top of it */
  began(socket: Socket): void {
    this.#move(socket, 'idle', 'busy');
  }

  /** A request of a connection has been answered. */
  answered(socket: Socket): void {
    this.#move(socket, 'busy', 'idle');
  }

  #move(socket: Socket, from: keyof Client, to: keyof Client): void {
    const connection = this.#open.get(keyOf(socket));
    const client = connection && this.#clients.get(connection.client);
    if (!client?.[from].delete(connection!)) return;
    connection!.since = performance.now();
    client[to].add(connection!);
  }

  #makeRoom(): void {
    let most = 0;
    for (const { idle, busy } of this.#clients.values()) most = Math.max(most, idle.size + busy.size);
    const largest = [...this.#clients.values()].filter(({ idle, busy }) => idle.size + busy.size === most);
    const victim = oldest(largest.map(({ idle }) => idle)) ?? oldest(largest.map(({ busy }) => busy));
    if (victim === undefined) return;
    this.#remove(keyOf(victim.socket), victim);
    victim.socket.destroy();
  }

  #remove(key: string, connection: Connection): void {
    // A later connection may have the same addresses and ports.
    if (this.#open.get(key) === connection) this.#open.delete(key);
    const client = this.#clients.get(connection.client);
    client?.idle.delete(connection);
    client?.busy.delete(connection);
    if (client?.idle.size === 0 && client.busy.size === 0) this.#clients.delete(connection.client);
  }
}

/** The limit of connections of a process: less than usual if it may open few files. The probes need descriptors too. */
export function connectionLimit(descriptors = descriptorLimit()): number {
  return Math.max(1, Math.min(LIMITS.connections, Math.floor(descriptors * LIMITS.descriptorShare)));
}

function descriptorLimit(): number {
  const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

function oldest(sets: readonly Set<Connection>[]): Connection | undefined {
  let found: Connection | undefined;
  for (const [first] of sets) {
    if (first !== undefined && (found === undefined || first.since < found.since)) found = first;
  }
  return found;
}

// A TLS socket has the addresses of the connection below it.
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
