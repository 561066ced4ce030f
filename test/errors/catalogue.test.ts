import { expect, test } from 'vitest';
import { catalogue, type ErrorCode, type Scope, scopeOf } from '../../src/errors/catalogue.js';

// Written out: whose fault a code is decides what a reload accepts and what is logged once for all probes.
const scopes: Record<Scope, readonly ErrorCode[]> = {
  configuration: [
    'ARGUMENT_UNKNOWN',
    'ARGUMENT_INVALID',
    'CONFIG_UNREADABLE',
    'CONFIG_SYNTAX',
    'SCRIPT_INVALID',
    'SCRIPT_SYNTAX',
    'CONFIG_TOO_COMPLEX',
    'CONFIG_TOO_COSTLY',
    'CONFIG_MORE_FAULTS',
    'CONFIG_DUPLICATE_KEY',
    'CONFIG_UNKNOWN_KEY',
    'CONFIG_MISSING_KEY',
    'CONFIG_VALUE',
    'CONFIG_FOLDER',
    'CONFIG_PROBE_UNKNOWN',
    'CONFIG_PROBE_TWICE',
    'CONFIG_PROBE_NAME',
    'CONFIG_METRIC_RESERVED',
    'CONFIG_METRIC_TWICE',
    'WEB_CONFIG_UNREADABLE',
    'WEB_CONFIG_INVALID',
    'WEB_CONFIG_UNKNOWN_KEY',
    'WEB_CONFIG_NEEDS_RESTART',
    'LISTEN_FAILED',
  ],
  host: [
    'KERNEL_NO_PRIVILEGE',
    'KERNEL_FORBIDS_BPF',
    'KERNEL_NO_BTF',
    'KERNEL_BTF_FILE',
    'PID_NAMESPACE',
    'PERF_EVENTS_FORBIDDEN',
    'KERNEL_LOCKDOWN',
    'SYMBOLS_UNAVAILABLE',
    'RECORDER_FOLDER',
    'ADDON_MISSING',
  ],
  kernel: [
    'PROGRAM_REJECTED',
    'PROGRAM_FORBIDDEN',
    'HOOK_MISSING',
    'ATTACH_FAILED',
    'USER_HOOK_MISSING',
    'USER_HOOK_REFUSED',
    'NETWORK_HOOK_MISSING',
    'NETWORK_HOOK_OCCUPIED',
    'NETWORK_HOOK_REFUSED',
    'LOAD_FAILED',
    'HANDLERS_FULL',
    'ITERATOR_FAILED',
    'MAP_NOT_CLEARED',
    'EVENTS_UNREADABLE',
  ],
  probe: [
    'TYPE_UNKNOWN',
    'MAP_SIZE_FIXED',
    'MAP_NOT_PER_CPU',
    'CPUS_NOT_COMBINED',
    'OBJECT_NOT_FOUND',
    'OBJECT_INVALID',
    'PROBE_FAILED',
    'PROBE_LATE',
    'PROBE_SUSPENDED',
    'PROGRAM_UNKNOWN',
    'EVENTS_BUFFER_UNSUITABLE',
    'EVENTS_TYPE_UNKNOWN',
    'EVENTS_TYPE_INVALID',
    'EVENTS_NAME_TAKEN',
    'EVENTS_CONDITION_INVALID',
    'PROGRAM_NOT_ITERATOR',
    'ITERATOR_MAP_UNSUITABLE',
    'PROGRAM_SECTION_UNKNOWN',
    'PROGRAM_NOT_ATTACHABLE',
    'PROGRAMS_OVERLAP',
    'HOOK_INCOMPLETE',
    'HOOK_SETTING_UNSUITABLE',
    'MAP_UNKNOWN',
    'BTF_INVALID',
    'MAP_UNTYPED',
    'MAP_SIZE_MISMATCH',
    'MAP_NOT_READABLE',
    'MAP_NOT_EMPTIABLE',
    'MAP_KEY_UNSUITABLE',
    'FIELD_PATH_INVALID',
    'FIELD_UNKNOWN',
    'FIELD_INDEX_INVALID',
    'FIELD_UNSUITABLE',
    'HISTOGRAM_SHAPE_UNKNOWN',
    'DECODER_UNSUITABLE',
    'DECODER_KEY_INVALID',
    'OVERFLOW_UNSUITABLE',
    'CONSTANT_UNKNOWN',
    'CONSTANT_INVALID',
  ],
  request: [
    'SCRAPE_LIMIT',
    'SCRAPE_TIMEOUT',
    'SCRAPE_FILTER',
    'PROFILE_QUERY',
    'PROFILES_OFF',
    'PROFILE_PROBE_OFF',
    'PROFILE_LIMIT',
    'PROFILE_TOO_LARGE',
    'RELOAD_REFUSED',
    'RELOAD_ABANDONED',
  ],
};

test.each(Object.entries(scopes))('faults of scope %s', (scope, codes) => {
  expect(codes.map((code) => [code, scopeOf(code)])).toEqual(codes.map((code) => [code, scope]));
});

test('every code has one scope', () => {
  const listed = Object.values(scopes).flat();
  expect(new Set(listed).size).toBe(listed.length);
  expect([...listed].sort()).toEqual(Object.keys(catalogue).sort());
});

test('a probe is unsupported, and not down, for what the host does not offer', () => {
  const codes = Object.entries(catalogue).flatMap(([code, entry]) => ('isUnsupported' in entry ? [code] : []));
  expect(codes).toEqual([
    'KERNEL_NO_BTF',
    'PID_NAMESPACE',
    'PERF_EVENTS_FORBIDDEN',
    'KERNEL_LOCKDOWN',
    'PROGRAM_FORBIDDEN',
    'HOOK_MISSING',
    'USER_HOOK_MISSING',
    'NETWORK_HOOK_MISSING',
  ]);
});
