/** A script that runs on this kernel, and the values in its maps. */
import { availableParallelism, release } from 'node:os';
import type { BpfObject } from '../../src/kernel/addon.js';
import { hookOf } from '../../src/kernel/attach/kinds.js';
import { attachUserCode } from '../../src/kernel/attach/user_code.js';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { compileScript } from '../../src/script/compile_script.js';
import { assemble } from '../../src/script/object/assemble.js';
import { runningKernel } from '../../src/script/resolve/running_kernel.js';
import { parseScript } from '../../src/script/syntax/parse.js';
import { addon, getppid, u32 } from './native_addon.js';

export const kernel = runningKernel({
  btf: '/sys/kernel/btf/vmlinux',
  tracefs: [],
  release: release(),
  architecture: process.arch,
  cpus: availableParallelism(),
  symbols: '/proc/kallsyms',
});

const objects: BpfObject[] = [];

/** Unloads every script of the test. */
export function closeScripts(): void {
  for (const object of objects.splice(0)) object.close();
}

/** Runs at every getppid() of this process. */
export const atCall = `rawtracepoint:sys_enter /pid == ${process.pid} && args.id == ${getppid}/`;

/** Compiles, loads and attaches a script. */
export async function started(text: string): Promise<BpfObject> {
  const { object: code, script } = compileScript(parseScript(text, 'x.bt'), { file: 'x.bt', text, probe: 'x', kernel });
  const object = new addon.BpfObject(assemble(code), { name: 'script' });
  objects.push(object);
  await object.load();
  const { attach = {} } = (script.programs ?? {}) as { attach?: Readonly<Record<string, AttachRequest>> };
  for (const { name, section } of object.programs()) {
    const hook = attach[name] && hookOf(name, section, attach[name]);
    if (hook === undefined) object.attach(name);
    else attachUserCode(object, hook);
  }
  return object;
}

/** The words of a value, summed over CPUs. */
export function words(bytes: Uint8Array, size: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sums = Array.from({ length: size / 8 }, () => 0n);
  for (let at = 0; at < bytes.length; at += 8) {
    const word = (at % size) / 8;
    sums[word] = BigInt.asIntN(64, sums[word]! + view.getBigInt64(at, true));
  }
  return sums;
}

/** The first word of a map without keys. */
export function scalar(object: BpfObject, name: string): bigint {
  const map = object.map(name);
  return words(map.lookup(u32(0))!, map.valueSize)[0]!;
}

export async function entries(object: BpfObject, name: string): Promise<Map<string, bigint[]>> {
  const map = object.map(name);
  const { count, values, addedKeys } = await map.snapshot();
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const key = Buffer.from(addedKeys.subarray(index * map.keySize, (index + 1) * map.keySize));
      const value = values.slice(index * map.valueStride, (index + 1) * map.valueStride);
      return [key.toString('latin1'), words(value, map.valueSize)];
    }),
  );
}

/** The bytes of a key: a number takes 8. */
export const key = (...parts: (string | number)[]) =>
  parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(part));
      return bytes.toString('latin1');
    })
    .join('');

export const padded = (text: string, bytes: number) => text.padEnd(bytes, '\0');
