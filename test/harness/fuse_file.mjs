/**
 * A FUSE server with a single file. Argument: where to mount it. Reads of the file return `x` bytes until the parent sends an
 * errno, then that error. While the parent sends `hold`, reads wait.
 */
import { spawn } from 'node:child_process';
import { openSync, read, writeSync } from 'node:fs';

const name = 'image';
const size = 4 << 20;
const opcode = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  OPEN: 14,
  READ: 15,
  RELEASE: 18,
  FLUSH: 25,
  INIT: 26,
  INTERRUPT: 36,
  BATCH_FORGET: 42,
};
const enosys = 38;
const headerBytes = 40;
const answerHeaderBytes = 16;

const connection = openSync('/dev/fuse', 'r+');
const request = Buffer.alloc(1 << 20);
/** The errno of reads; 0 for data. */
let failure = 0;
let holds = false;
/** @type {(() => void)[]} */
const held = [];
const tell = () => process.send?.('done');

process.on('message', (/** @type {{ errno?: number, hold?: boolean }} */ { errno, hold }) => {
  failure = errno ?? failure;
  holds = hold ?? false;
  if (!holds) for (const answer of held.splice(0)) answer();
  tell();
});
process.once('disconnect', () => process.exit());

/** @param {number} inode */
function attributes(inode) {
  const bytes = Buffer.alloc(88);
  bytes.writeBigUInt64LE(BigInt(inode), 0);
  bytes.writeBigUInt64LE(BigInt(inode === 1 ? 0 : size), 8);
  bytes.writeUInt32LE(inode === 1 ? 0o040755 : 0o100644, 60);
  bytes.writeUInt32LE(1, 64);
  return bytes;
}

/**
 * @param {bigint} id
 * @param {number} error
 * @param {Buffer[]} parts
 */
function reply(id, error, ...parts) {
  const header = Buffer.alloc(answerHeaderBytes);
  const body = Buffer.concat(parts);
  header.writeUInt32LE(answerHeaderBytes + body.length, 0);
  header.writeInt32LE(-error, 4);
  header.writeBigUInt64LE(id, 8);
  writeSync(connection, Buffer.concat([header, body]));
}

function hello() {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(7, 0);
  bytes.writeUInt32LE(31, 4);
  bytes.writeUInt32LE(128 << 10, 20);
  return bytes;
}

/**
 * @param {bigint} id
 * @param {Buffer} asked
 */
function answerRead(id, asked) {
  const bytes = Math.min(asked.readUInt32LE(16), Math.max(0, size - Number(asked.readBigUInt64LE(8))));
  const answer = () => (failure ? reply(id, failure) : reply(id, 0, Buffer.alloc(bytes, 'x')));
  if (holds) held.push(answer);
  else answer();
}

/** @param {Buffer} bytes */
function handle(bytes) {
  const code = bytes.readUInt32LE(4);
  const id = bytes.readBigUInt64LE(8);
  const inode = Number(bytes.readBigUInt64LE(16));
  const body = Buffer.from(bytes.subarray(headerBytes));
  switch (code) {
    case opcode.INIT:
      return reply(id, 0, hello());
    case opcode.LOOKUP: {
      const entry = Buffer.alloc(40);
      entry.writeBigUInt64LE(2n, 0);
      return reply(id, 0, entry, attributes(2));
    }
    case opcode.GETATTR:
      return reply(id, 0, Buffer.alloc(16), attributes(inode));
    case opcode.OPEN:
      return reply(id, 0, Buffer.alloc(16));
    case opcode.READ:
      return answerRead(id, body);
    case opcode.RELEASE:
    case opcode.FLUSH:
      return reply(id, 0);
    case opcode.FORGET:
    case opcode.BATCH_FORGET:
    case opcode.INTERRUPT:
      return undefined;
    default:
      return reply(id, enosys);
  }
}

function serve() {
  read(connection, request, 0, request.length, null, (error, length) => {
    // Not mounted yet.
    if (error?.code === 'EPERM') return setTimeout(serve, 1);
    // The file system was unmounted.
    if (error) process.exit(error.code === 'ENODEV' ? 0 : 1);
    handle(request.subarray(0, length));
    serve();
  });
}

serve();
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
const mount = spawn('mount', ['-i', '-t', 'fuse', '-o', options, name, process.argv[2] ?? ''], {
  stdio: ['ignore', 'inherit', 'inherit', connection],
});
mount.once('exit', (code) => (code === 0 ? tell() : process.exit(1)));
