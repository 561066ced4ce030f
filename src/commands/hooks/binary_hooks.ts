/** Hooks of a program or library: its functions and USDT probes. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { usageFault } from '../../cli/command.js';
import { usdtProbes } from '../../elf/usdt_notes.js';
import { findCommand, findLibrary } from '../../kernel/attach/binaries.js';
import { elfFunctions } from '../../kernel/attach/elf_functions.js';
import { showHidden } from '../../visible_text.js';
import type { FoundHook, HookList } from './found_hook.js';
import type { WantedHooks } from './wanted_hooks.js';

/**
 * @param binary a path, or the name of a command or library
 * @param most hooks of a kind in the lists
 * @throws Faults ARGUMENT_INVALID if there is no such binary
 */
export function binaryHooks(binary: string, wanted: WantedHooks, most: number): HookList[] {
  const path = binary.includes('/') ? binary : (findCommand(binary) ?? findLibrary(binary));
  if (path === undefined) throw usageFault(`This host has no command or library "${binary}"`);
  const fd = openBinary(path);
  try {
    const functions = elfFunctions(fd, (name) => wanted.matches(name));
    const probes = usdtProbes(fd);
    if (functions === undefined || probes === undefined)
      throw usageFault(`"${path}" is not a 64-bit program or library`);
    return [ofFunctions(path, functions, most), ofProbes(path, probes, wanted, most)].filter(
      ({ kind }) => wanted.kind === undefined || wanted.kind === kind,
    );
  } finally {
    closeSync(fd);
  }
}

function openBinary(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw usageFault(`Cannot read "${path}": ${(error as NodeJS.ErrnoException).code}`);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw usageFault(`"${path}" is not a regular file`);
}

function ofFunctions(path: string, found: readonly { readonly name: string }[], most: number): HookList {
  const names = [...new Set(found.map(({ name }) => name))].sort();
  const hooks = names
    .slice(0, most)
    .map((name): FoundHook => ({ kind: 'uprobe', name: `uprobe:${path}:${showHidden(name)}`, arguments: [] }));
  const lack = names.length === 0 ? 'the file names no such function (is it stripped?)' : undefined;
  return { kind: 'uprobe', count: names.length, hooks, ...(lack && { lack }) };
}

function ofProbes(
  path: string,
  found: readonly { readonly provider: string; readonly name: string; readonly arguments: string }[],
  { matches }: WantedHooks,
  most: number,
): HookList {
  const probes = found.filter(({ provider, name }) => matches(`${provider}:${name}`));
  const hooks = probes.slice(0, most).map(({ provider, name, arguments: places }): FoundHook => {
    const count = places.trim() === '' ? 0 : places.trim().split(/\s+/).length;
    return {
      kind: 'usdt',
      name: showHidden(`usdt:${path}:${provider}:${name}`),
      arguments: Array.from({ length: count }, (_, index) => `arg${index}`),
    };
  });
  return { kind: 'usdt', count: probes.length, hooks };
}
