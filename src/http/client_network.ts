import ipaddr from 'ipaddr.js';

/**
 * What limits per client count by: the address of an IPv4 client; the /64 network of an IPv6 client, which can use any address
 * in it. Clients whose address is unknown are one client.
 */
export function clientNetwork(address = ''): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const bytes = ipaddr.process(address).toByteArray();
  return (bytes.length === 4 ? bytes : bytes.slice(0, 8)).join('.');
}
