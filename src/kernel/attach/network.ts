import { unifiedFolder } from '../../cgroups/hierarchies.js';
import { fault, type SantaError } from '../../errors/fault.js';
import { type BpfObject, isNativeError, type Link } from '../addon.js';
import type { AttachOptions } from '../attach_options.js';
import { usefulLines } from '../log_lines.js';
import type { Hook } from './kinds.js';
import { isPattern } from './name_pattern.js';

/**
 * Attaches to each of the interfaces that are named without a pattern, in the network namespace of this process.
 * @throws NativeError, fault NETWORK_HOOK_MISSING, NETWORK_HOOK_OCCUPIED, NETWORK_HOOK_REFUSED
 */
export function attachToInterfaces(object: BpfObject, hook: Hook): Link[] {
  const names = hook.settings.interfaces!.filter((name) => !isPattern(name));
  return names.map((name) => attachToInterface(object, hook, name));
}

/** Attaches to one interface. @throws as `attachToInterfaces` */
export function attachToInterface(object: BpfObject, hook: Hook, name: string): Link {
  try {
    return object.attach(hook.program, optionsFor(hook, name));
  } catch (error) {
    throw interfaceFault(hook, name, error);
  }
}

function optionsFor({ kind, target, settings }: Hook, name: string): AttachOptions {
  switch (kind.name) {
    case 'xdp':
      return { hook: 'xdp', interface: name, ...(settings.mode === undefined ? {} : { mode: settings.mode }) };
    case 'socket':
      return { hook: 'socket', interface: name };
    default: {
      const direction = (settings.direction ?? target) === 'egress' ? 'egress' : 'ingress';
      return { hook: kind.name === 'tcx' ? 'tcx' : 'tc', interface: name, direction };
    }
  }
}

function interfaceFault(hook: Hook, name: string, error: unknown): unknown {
  if (!isNativeError(error) || error.code === 'EPERM') return error;
  if (error.code === 'ENODEV') return missing(hook, `this host has no network interface "${name}"`, error);
  if (hook.kind.name === 'xdp' && (error.code === 'EBUSY' || error.code === 'EEXIST')) {
    const { program, section } = hook;
    return fault('NETWORK_HOOK_OCCUPIED', { program, section, interface: name }, { cause: error });
  }
  if (hook.kind.name === 'xdp' && error.code === 'EOPNOTSUPP') {
    return missing(hook, `the driver of "${name}" has no native XDP`, error);
  }
  if (hook.kind.name === 'tcx' && error.code === 'EINVAL') {
    return missing(hook, 'tcx needs Linux 6.6 or later', error);
  }
  return refused(hook, name, error);
}

/**
 * Attaches to a cgroup and all below it; by default to the root.
 * @throws NativeError, fault NETWORK_HOOK_MISSING, CGROUP_HOOK_OCCUPIED, NETWORK_HOOK_REFUSED
 */
export function attachToCgroup(object: BpfObject, hook: Hook): Link[] {
  const path = hook.settings.cgroup ?? unifiedFolder('/proc');
  if (path === undefined) throw missing(hook, 'no cgroup v2 file system is mounted');
  try {
    return [object.attach(hook.program, { hook: 'cgroup', path })];
  } catch (error) {
    if (!isNativeError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw missing(hook, `there is no cgroup "${path}"`, error);
    if (error.code === 'EBADF') throw missing(hook, `"${path}" is not a cgroup of version 2`, error);
    if (error.code === 'EPERM') {
      const { program, section } = hook;
      throw fault('CGROUP_HOOK_OCCUPIED', { program, section, cgroup: path }, { cause: error });
    }
    throw refused(hook, path, error);
  }
}

/**
 * Attaches to a map of sockets of the object.
 * @throws NativeError, fault NETWORK_HOOK_REFUSED
 */
export function attachToSockets(object: BpfObject, hook: Hook): Link[] {
  const map = hook.settings.map!;
  try {
    return [object.attach(hook.program, { over: map })];
  } catch (error) {
    if (!isNativeError(error) || error.code === 'EPERM') throw error;
    throw refused(hook, map, error);
  }
}

function missing({ program, section }: Hook, problem: string, cause?: unknown): SantaError {
  return fault('NETWORK_HOOK_MISSING', { program, section, problem }, { cause });
}

function refused({ program, section }: Hook, place: string, error: { code: string; log: string }): SantaError {
  const lines = usefulLines(error.log);
  return fault('NETWORK_HOOK_REFUSED', { program, section, place, errno: error.code, lines }, { cause: error });
}
