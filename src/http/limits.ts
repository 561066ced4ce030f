const KIB = 1024;
const MIB = 1024 * KIB;

/** What a client can take at most, in bytes, milliseconds and numbers. docs/operations.md lists all of them. */
export const LIMITS = {
  /** Open connections, over all listen addresses. */
  connections: 1024,
  /** Share of the limit of file descriptors that connections may take; the probes need the rest. */
  descriptorShare: 0.5,
  /** Until the headers of a request are complete, from its first byte; also of a TLS handshake. */
  headersMs: 10_000,
  /** Until a request with its body is complete. */
  requestMs: 30_000,
  /** Between two requests of a connection. Longer than usual scrape intervals: a scraper keeps its connection. */
  idleMs: 125_000,
  /** Without any traffic while a request is open. */
  inactiveMs: 60_000,
  headerBytes: 16 * KIB,
  bodyBytes: 64 * KIB,
  /** Requests that one connection may send ahead of the answers. */
  pipelinedRequests: 20,
  /** From a scrape to the last byte of its answer. A shorter scrape timeout of the client goes first. */
  responseMs: 120_000,
  /** Between two checks for requests and clients that took too long. */
  checkMs: 1000,
  /** A client must take at least one chunk (64 KiB) of an answer in this time. */
  stallMs: 10_000,
  /** A scrape whose client has taken nothing for this long no longer counts as concurrent. */
  slowMs: 250,
  /** Bytes of answers that are kept for slow clients. The answers of the last read are exempt. */
  keptBytes: 64 * MIB,
  /** Bytes handed to the connection of a client ahead of what it has taken. */
  windowBytes: 256 * KIB,
  /** Password checks that wait, over all clients. */
  pendingPasswords: 32,
  /** Password checks that wait, of one client. */
  pendingPasswordsOfClient: 4,
  /** Profiles and flame graphs in progress, over all clients; each until its answer is complete. */
  profiles: 6,
  /** Profiles and flame graphs in progress, of one client. */
  profilesOfClient: 3,
  /** Bytes of a compressed profile or flame graph. */
  profileBytes: 16 * MIB,
  /** Until the requests in flight must end when the exporter stops. */
  drainMs: 5000,
  /** Between two log lines about the same misbehaviour of clients. */
  logMs: 60_000,
} as const;
