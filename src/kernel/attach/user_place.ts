import type { AttachRequest } from '../load_request.js';
import { findCommand, findLibrary } from './binaries.js';
import type { Hook } from './kinds.js';

/** Where a program is attached in user-space code. */
export interface UserPlace {
  /** As the user wrote it. */
  readonly binary: string;
  /** Undefined if there is no such file. */
  readonly path: string | undefined;
  readonly symbol?: string | undefined;
  readonly offset?: number | undefined;
  /** A pattern with `*` and `?`. */
  readonly symbols?: string | undefined;
  readonly provider?: string | undefined;
  readonly probe?: string | undefined;
}

/**
 * Where the settings say, and where they are silent the section: `uprobe/PATH:SYMBOL+OFFSET`, `uprobe.multi/PATH:PATTERN`,
 * `usdt/PATH:PROVIDER:PROBE`. A path without a slash is the name of a command or library.
 * @param root root folder of the processes that use the file; empty for the exporter's own. The path is below it
 */
export function userPlaceOf({ kind, target, settings }: Hook, root = ''): UserPlace {
  const [file, first, second] = target?.split(':') ?? [];
  return { ...fileOf(settings, file, root), ...partOf(kind.name, settings, first, second) };
}

function fileOf(
  { binary, library }: AttachRequest,
  file: string | undefined,
  root: string,
): Pick<UserPlace, 'binary' | 'path'> {
  if (library !== undefined) return { binary: library, path: findLibrary(library, root) };
  const name = binary ?? file ?? '';
  return { binary: name, path: name.includes('/') ? name : (findCommand(name, root) ?? findLibrary(name, root)) };
}

function partOf(kind: string, settings: AttachRequest, first: string | undefined, second: string | undefined) {
  if (kind === 'usdt') return { provider: settings.provider ?? first, probe: settings.probe ?? second };
  if (kind.endsWith('.multi')) return { symbols: settings.symbols ?? first };
  if (settings.symbol !== undefined || settings.offset !== undefined) {
    return { symbol: settings.symbol, offset: settings.offset };
  }
  const [, symbol, offset] = /^(.+?)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(first ?? '') ?? [];
  return { symbol, offset: offset === undefined ? undefined : Number(offset) };
}
