import { LIMITS } from './limits.js';

/** Options of every server that listens. */
export const connectionOptions = () => ({
  headersTimeout: LIMITS.headersMs,
  requestTimeout: LIMITS.requestMs,
  // Node.js checks the two timeouts above every 30 s by default.
  connectionsCheckingInterval: LIMITS.checkMs,
  keepAliveTimeout: LIMITS.idleMs,
  maxHeaderSize: LIMITS.headerBytes,
});
