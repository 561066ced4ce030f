/** Limits of every connection. */
export const CONNECTION_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // The two timeouts above are checked at this interval; Node.js checks every 30 s by default.
  connectionsCheckingInterval: 2000,
  // Longer than usual scrape intervals: a scraper keeps its connection.
  keepAliveTimeout: 125_000,
  maxHeaderSize: 16 * 1024,
} as const;
