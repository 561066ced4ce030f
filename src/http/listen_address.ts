import { isIP } from 'node:net';
import { fault } from '../errors/fault.js';

/** An address to listen on. Without a host: every address of the machine. */
export interface ListenAddress {
  readonly host?: string;
  /** 0: the kernel chooses a free port. */
  readonly port: number;
}

const SHAPE = /^(?:\[(?<bracketed>[^\]]*)\]|(?<bare>[^:[\]]*)):(?<port>\d{1,5})$/;

/**
 * Parses `host:port`, `:port` or `[v6]:port`.
 * @throws SantaError ARGUMENT_INVALID
 */
export function parseListenAddress(text: string): ListenAddress {
  const { bracketed, bare, port } = SHAPE.exec(text)?.groups ?? {};
  const host = bracketed ?? bare;
  if (
    port === undefined ||
    Number(port) > 65_535 ||
    (bracketed !== undefined && isIP(bracketed.split('%')[0]!) !== 6)
  ) {
    const problem = `--web.listen-address must be host:port, :port or [IPv6]:port with a port up to 65535, not "${text}"`;
    throw fault('ARGUMENT_INVALID', { problem });
  }
  return host ? { host, port: Number(port) } : { port: Number(port) };
}

/** The text that `parseListenAddress` parses. */
export function formatListenAddress({ host = '', port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
