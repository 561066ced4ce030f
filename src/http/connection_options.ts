import { LIMITS } from './limits.js';

/** Options of every server that listens. */
export const connectionOptions = () => ({
  headersTimeout: LIMITS.headersMs,
  requestTimeout: LIMITS.requestMs,
  // The two timeouts above are checked at this interval; Node.js checks every 30 s by default.
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: LIMITS.idleMs,
  maxHeaderSize: LIMITS.headerBytes,
});
