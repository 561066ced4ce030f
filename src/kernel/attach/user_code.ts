import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { fault, type SantaError } from '../../errors/fault.js';
import { nearest } from '../../nearest.js';
import { type BpfObject, isNativeError, type Link } from '../addon.js';
import { usefulLines } from '../log_lines.js';
import { type ElfFunction, elfFunctions } from './elf_functions.js';
import type { Hook } from './kinds.js';
import { matchesPattern } from './name_pattern.js';
import { type UserPlace, userPlaceOf } from './user_place.js';

/** More breakpoints than this would take the kernel minutes to set. */
const MAXIMUM_FUNCTIONS = 10_000;
/** One link each, where the kernel lacks uprobe.multi. */
const MAXIMUM_LINKS = 1000;

/**
 * Attaches to functions, offsets or USDT probes of a program or library.
 * @throws fault USER_HOOK_MISSING, USER_HOOK_REFUSED
 */
export function attachUserCode(object: BpfObject, hook: Hook, place: UserPlace = userPlaceOf(hook)): Link[] {
  const fd = openBinary(hook, place);
  try {
    // The file that was checked, whatever its path names by now.
    return attachTo(object, hook, place, fd, `/proc/self/fd/${fd}`);
  } catch (error) {
    if (!isNativeError(error) || error.code === 'EPERM' || error.code === 'EACCES') throw error;
    const lines = usefulLines(error.log.replaceAll(`/proc/self/fd/${fd}`, place.path!));
    throw fault(
      'USER_HOOK_REFUSED',
      { program: hook.program, section: hook.section, path: place.path!, errno: error.code, lines },
      { cause: error },
    );
  } finally {
    closeSync(fd);
  }
}

function openBinary(hook: Hook, { binary, path }: UserPlace): number {
  if (path === undefined) throw missing(hook, `this host has no "${binary}"`);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw missing(hook, code === 'ENOENT' ? `there is no file "${path}"` : `"${path}" cannot be read (${code})`);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw missing(hook, `"${path}" is not a regular file`);
}

function attachTo(object: BpfObject, hook: Hook, place: UserPlace, fd: number, path: string): Link[] {
  const { program, kind, settings } = hook;
  const where = { path, ...(settings.pid === undefined ? {} : { pid: settings.pid }) };
  if (kind.name === 'usdt') {
    try {
      return [object.attach(program, { hook: 'usdt', ...where, provider: place.provider!, probe: place.probe! })];
    } catch (error) {
      if (!isNativeError(error) || error.code !== 'ENOENT') throw error;
      throw missing(hook, `"${place.path}" has no USDT probe ${place.provider}:${place.probe}`, error);
    }
  }
  if (kind.name === 'uprobe.multi' || kind.name === 'uretprobe.multi') {
    return attachToMany(object, hook, where, offsetsOf(hook, place, fd));
  }
  const hookName = kind.name === 'uretprobe' ? 'uretprobe' : 'uprobe';
  const start = place.symbol === undefined ? 0 : offsetOf(hook, place, place.symbol, fd);
  return [object.attach(program, { hook: hookName, ...where, offset: start + (place.offset ?? 0) })];
}

function attachToMany(
  object: BpfObject,
  { program, kind }: Hook,
  where: { path: string; pid?: number },
  offsets: readonly number[],
): Link[] {
  const isReturn = kind.name === 'uretprobe.multi';
  try {
    return [object.attach(program, { hook: isReturn ? 'uretprobe.multi' : 'uprobe.multi', ...where, offsets })];
  } catch (error) {
    const isLacking = isNativeError(error) && ['EINVAL', 'EOPNOTSUPP', 'ENOTSUPP'].includes(error.code);
    if (!isLacking || offsets.length > MAXIMUM_LINKS) throw error;
    return offsets.map((offset) =>
      object.attach(program, { hook: isReturn ? 'uretprobe' : 'uprobe', ...where, offset }),
    );
  }
}

function offsetsOf(hook: Hook, place: UserPlace, fd: number): number[] {
  const offsets = new Set(
    functionsIn(hook, place, fd, (name) => matchesPattern(place.symbols!, name)).map(({ offset }) => offset),
  );
  if (offsets.size === 0) throw missing(hook, `"${place.path}" has no function that matches "${place.symbols}"`);
  if (offsets.size > MAXIMUM_FUNCTIONS) {
    const problem = `"${place.symbols}" matches ${offsets.size} functions of "${place.path}", which is more than ${MAXIMUM_FUNCTIONS}`;
    throw missing(hook, problem);
  }
  return [...offsets];
}

function offsetOf(hook: Hook, place: UserPlace, symbol: string, fd: number): number {
  const found = functionsIn(hook, place, fd, (name) => name === symbol);
  const globals = found.filter(({ isGlobal }) => isGlobal);
  const candidates = new Set((globals.length > 0 ? globals : found).map(({ offset }) => offset));
  if (candidates.size === 1) return candidates.values().next().value!;
  if (candidates.size > 1) {
    const list = [...candidates].map((offset) => `0x${offset.toString(16)}`).join(', ');
    throw missing(hook, `"${place.path}" has several functions "${symbol}", at the offsets ${list}`);
  }
  const known = functionsIn(hook, place, fd, () => true).map(({ name }) => name);
  const near = nearest(symbol, known);
  const also = known.length === 0 ? ': it names no functions at all' : near === undefined ? '' : `, but "${near}"`;
  throw missing(hook, `"${place.path}" has no function "${symbol}"${also}`);
}

function functionsIn(hook: Hook, { path }: UserPlace, fd: number, isWanted: (name: string) => boolean): ElfFunction[] {
  const functions = elfFunctions(fd, isWanted);
  if (functions === undefined) throw missing(hook, `"${path}" is not a 64-bit program or library`);
  return functions;
}

function missing({ program, section }: Hook, problem: string, cause?: unknown): SantaError {
  return fault('USER_HOOK_MISSING', { program, section, problem }, { cause });
}
