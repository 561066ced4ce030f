import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningExporter, startExporter } from '../harness/exporter.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { needs } from '../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tell, toldProbe } from './probes.js';

const kind = 11;
const workload = join(import.meta.dirname, '../../build/test/workload');

/** Sends a value `times` times from a process with this name, whose bytes may be invalid UTF-8. */
function tellAs(name: Buffer, times: number): void {
  const octal = [...name].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  // Command substitution strips trailing newlines; the dot protects them.
  const script = `name=$(printf '${octal}.'); exec "$0" --comm "\${name%.}" values ${times} ${kind} 1`;
  execFileSync('sh', ['-c', script, workload], { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } });
}

describe('command names', needs(fixtureNeeds), () => {
  const names: readonly (readonly [bytes: Buffer, shown: string])[] = [
    [Buffer.from('plain'), 'plain'],
    [Buffer.from('say "hi"'), 'say "hi"'],
    [Buffer.from('back\\slash'), 'back\\slash'],
    [Buffer.from('back\\nslash'), 'back\\nslash'],
    [Buffer.from('two\nlines'), 'two\\x0alines'],
    [Buffer.from('ends\n'), 'ends\\x0a'],
    [Buffer.from('a\r\nb'), 'a\\x0d\\x0ab'],
    [Buffer.from('\n# EOF\n'), '\\x0a# EOF\\x0a'],
    [Buffer.from('x"} 1\ny{z="'), 'x"} 1\\x0ay{z="'],
    [Buffer.from('le="1",a|b:c'), 'le="1",a|b:c'],
    [Buffer.from([0xff, 0xfe]), '\\xff\\xfe'],
    [Buffer.from([0xff]), '\\xff'],
    [Buffer.from('\\xff'), '\\x5cxff'],
    [Buffer.from([0xc3, 0x28]), '\\xc3('],
    [Buffer.from([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
    [Buffer.from([0xf0, 0x9f, 0x8e, 0x85]), '🎅'],
    [Buffer.from([0xf0, 0x9f, 0x8e]), '\\xf0\\x9f\\x8e'],
    [Buffer.from('\ufffd'), '\ufffd'],
    [Buffer.from('\u202Eevil\u2028'), '\\xe2\\x80\\xaeevil\\xe2\\x80\\xa8'],
    [Buffer.from([0x1b, 0x5b, 0x33, 0x31, 0x6d]), '\\x1b[31m'],
    [Buffer.from([0x01]), '\\x01'],
    [Buffer.from('\\x01'), '\\x5cx01'],
    // The kernel truncates to 15 bytes, here within a UTF-8 character.
    [Buffer.from('fourteen bytesé'), 'fourteen bytes\\xc3'],
    [Buffer.from('other'), 'other'],
    [Buffer.from(' '), ' '],
    [Buffer.from('<b>&amp;</b>'), '<b>&amp;</b>'],
  ];

  it('with any bytes stay distinct in both formats', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'opens', 'reads_writes', 'execs', 'forks', 'exits'),
      files: { 'told.yaml': toldProbe({ kind }) },
    });
    for (const [index, [bytes]] of names.entries()) tellAs(bytes, index + 1);
    const expected = names.map(([, shown], index) => [shown, index + 1]);
    for (const [format, accept] of [
      ['text', 'text/plain'],
      ['openmetrics', 'application/openmetrics-text'],
    ] as const) {
      const text = await exporter.get('/metrics', { accept });
      const samples = parseExposition(text, format).flatMap((family) => family.samples);
      const told = samples.filter(({ name }) => name === 'santabpf_told_commands_total');
      expect(told.map(({ labels, value }) => [labels.command, value]).sort()).toEqual([...expected].sort());
      const opened = new Set(
        samples.filter(({ name }) => name === 'santabpf_forks_total').map(({ labels }) => labels.command),
      );
      expect(opened.size).toBeGreaterThan(0);
    }
    expect((await Scrape.of(exporter)).sum('decode_errors_total')).toBe(0);
    expect(await exporter.get('/')).not.toContain('<b>&amp;</b>');
  });
});

describe('labels', needs(fixtureNeeds), () => {
  it('of any length are served, truncated to 128 characters', async () => {
    // The value repeated sixty times.
    const metrics = `  - name: told_total
    type: counter
    help: "Help \\" \\\\ \\n # EOF"
    map: values
    labels:
      value: { field: value, decode: [uint, { regex: { capture: '^(.*)$', replace: '${'$1'.repeat(60)}' } }] }
      parity: { field: parity, decode: { map: { 0: "${'\\"\\\\'.repeat(30)}", 1: "odd" } } }
      constant: { constant: "${'🎅'.repeat(60)}" }`;
    const exporter = await exporterOf({
      config: mainFileOf('told'),
      files: { 'told.yaml': toldProbe({ kind, metrics }) },
    });
    tell(3, [1, 2, 2 ** 52, 2 ** 52 + 1], { kind });
    const scrape = await Scrape.of(exporter);
    const told = scrape.samples.filter(({ name }) => name === 'santabpf_told_total');
    expect(told.map(({ value }) => value)).toEqual([3, 3, 3, 3]);
    for (const { labels } of told) {
      for (const value of Object.values(labels)) expect([...value].length).toBeLessThanOrEqual(128);
    }
    expect(told.map(({ labels }) => labels.value).filter((value) => value?.endsWith('…'))).toHaveLength(2);
  });
});

describe('a client', needs(fixtureNeeds), () => {
  let exporter: RunningExporter;
  beforeAll(async () => {
    exporter = await startExporter({ config: mainFileOf('syscalls'), patience: 25_000 });
  });
  afterAll(async () => {
    expect(exporter.entries().filter(({ level }) => level === 'error')).toEqual([]);
    expect(await exporter.stop()).toBe(0);
  });

  function open(): Socket {
    const socket = connect(Number(new URL(exporter.url).port), '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  }

  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

  /** Sends bytes and returns everything received until the connection is closed. */
  async function send(bytes: string | Buffer): Promise<string> {
    const socket = open();
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.write(bytes);
    await closed(socket);
    return answer;
  }

  const line = (text: string) => `${text}\r\nhost: x\r\nconnection: close\r\n\r\n`;

  it.each([
    ['a huge header', `GET /metrics HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    ['ten thousand headers', `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, /^HTTP\/1.1 431 /],
    ['an unknown method', line('SANTA /metrics HTTP/1.1'), /^HTTP\/1.1 400 /],
    ['another method', line('DELETE /metrics HTTP/1.1'), /^HTTP\/1.1 405 [\s\S]*allow: GET, HEAD/],
    ['a path traversal', line('GET /../../etc/passwd HTTP/1.1'), /^HTTP\/1.1 404 /],
    ['an encoded path traversal', line('GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1'), /^HTTP\/1.1 404 /],
    ['a path that cannot be decoded', line('GET /%zz%ff HTTP/1.1'), /^HTTP\/1.1 40[04] /],
    ['markup', line('GET /<script>alert(1)</script> HTTP/1.1'), /^HTTP\/1.1 404 (?![\s\S]*<script>)/],
    ['a long path', line(`GET /${'a'.repeat(12_000)} HTTP/1.1`), /^HTTP\/1.1 404 /],
    ['another protocol', `\x16\x03\x01\x02${'\0'.repeat(300)}`, /^HTTP\/1.1 400 /],
    [
      'two content lengths',
      'POST /-/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      /^HTTP\/1.1 400 /,
    ],
    [
      'a content length and chunked encoding',
      'POST /-/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    ['no path', line('GET * HTTP/1.1'), /^HTTP\/1.1 400 /],
    ['CONNECT', line('CONNECT x:1 HTTP/1.1'), /^HTTP\/1.1 405 /],
    ['TRACE', line('TRACE /metrics HTTP/1.1'), /^HTTP\/1.1 405 /],
    ['a thousand filters', line(`GET /metrics?${'collect[]=x&'.repeat(1200)} HTTP/1.1`), /^HTTP\/1.1 400 /],
    ['a body of 100 MB', 'POST /-/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n', /^HTTP\/1.1 413 /],
    ['__proto__ as a path', line('GET /__proto__ HTTP/1.1'), /^HTTP\/1.1 404 /],
  ])('that sends %s gets an error and learns nothing', async (_, bytes, answer) => {
    const received = await send(bytes);
    expect(received).toMatch(answer);
    expect(received).not.toMatch(/root:|node_modules|at .*\.js/);
    expect(await exporter.get('/-/healthy')).toContain('healthy');
  });

  it('with meaningless headers is served', async () => {
    for (const headers of [
      { accept: 'x'.repeat(4000) },
      { accept: `${'text/plain;q=0.1,'.repeat(300)}*/*` },
      { accept: ';;;q=NaN,/,*' },
      { 'accept-encoding': 'gzip;q=0, br, *;q=1e9' },
      { 'accept-encoding': ',,,gzip' },
      { 'x-prometheus-scrape-timeout-seconds': 'soon' },
      { 'x-prometheus-scrape-timeout-seconds': '-1' },
      { 'if-none-match': '*', range: 'bytes=0-1' },
    ]) {
      const response = await fetch(`${exporter.url}/metrics?junk[]=x&a=%zz`, { headers });
      const text = await response.text();
      expect({ headers, status: response.status }).toEqual({ headers, status: 200 });
      expect(text).toContain('santabpf_syscalls_total');
    }
  });

  it('that sends its request slowly does not delay others', async () => {
    const idle = Array.from({ length: 300 }, () => {
      const socket = open();
      socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\nx-slow: ');
      return socket;
    });
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    for (let i = 0; i < 5; i++) await Scrape.of(exporter);
    for (const socket of idle) socket.destroy();
    await Scrape.of(exporter);
  });

  it('that pipelines requests gets every answer', async () => {
    const many = 20;
    const socket = open();
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString('latin1')));
    socket.write('GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(many) + line('GET /probes HTTP/1.1'));
    await closed(socket);
    expect(received.match(/HTTP\/1.1 200 OK/g)).toHaveLength(many + 1);
  });
});
