import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail with a plain text and an HTML part, decoded. */
export interface Mail {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
}

export interface MailSink {
  /** Host and port, for Alertmanager's `smarthost`. */
  readonly address: string;
  /** In order of arrival. */
  readonly mails: readonly Mail[];
  stop(): Promise<void>;
}

/** Starts an SMTP server (RFC 5321, without TLS and authentication) on a loopback port that keeps every mail. */
export async function startMailSink(): Promise<MailSink> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    converse(socket, (source) => mails.push(parseMail(source)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function converse(socket: Socket, take: (source: string) => void): void {
  let received = '';
  let isData = false;
  socket.setEncoding('latin1');
  socket.write('220 sink\r\n');
  socket.on('data', (data: string) => {
    received += data;
    for (;;) {
      const terminator = isData ? '\r\n.\r\n' : '\r\n';
      const end = received.indexOf(terminator);
      if (end === -1) return;
      const piece = received.slice(0, end);
      received = received.slice(end + terminator.length);
      if (isData) {
        take(piece.replaceAll('\r\n.', '\r\n'));
        isData = false;
        socket.write('250 kept\r\n');
        continue;
      }
      const verb = piece.slice(0, 4).toUpperCase();
      isData = verb === 'DATA';
      socket.write(isData ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 sink\r\n');
    }
  });
}

/** Parses multipart/alternative with quoted-printable parts, as Alertmanager sends it. @throws Error for another format */
function parseMail(source: string): Mail {
  const { headers, body } = parsePart(source);
  const boundary = /^multipart\/alternative;\s+boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error(`Not multipart/alternative: ${headers['content-type']}`);
  const parts = body.split(`--${boundary}`).slice(1, -1);
  const contents = new Map<string, string>();
  for (const part of parts.map((piece) => parsePart(piece.replace(/^\r\n/, '').replace(/\r\n$/, '')))) {
    if (part.headers['content-transfer-encoding'] !== 'quoted-printable') throw new Error('Not quoted-printable');
    const type = part.headers['content-type']?.split(';')[0] ?? '';
    contents.set(type, quotedPrintable(part.body).replaceAll('\r\n', '\n'));
  }
  return {
    headers: { ...headers, subject: encodedWords(headers.subject ?? '') },
    text: contents.get('text/plain') ?? '',
    html: contents.get('text/html') ?? '',
  };
}

function parsePart(source: string): { headers: Record<string, string>; body: string } {
  const end = source.indexOf('\r\n\r\n');
  const lines = source
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: Object.fromEntries(headers), body: source.slice(end + 4) };
}

function quotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([\dA-F]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Decodes the words `=?utf-8?q?...?=` of a header (RFC 2047). */
function encodedWords(text: string): string {
  return text
    .replace(/\?=\s+=\?utf-8\?q\?/gi, '')
    .replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, word: string) => quotedPrintable(word.replaceAll('_', ' ')));
}
