import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Faults } from '../../src/errors/fault.js';
import { bindToObject } from '../../src/probes/binding.js';
import { ownConstants } from '../../src/probes/own_constants.js';
import { constantOffsets } from '../harness/fake_addon.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  folder.fake.programs.set('p', [
    { name: 'count', section: 'tp_btf/sys_enter' },
    { name: 'list', section: 'iter/task' },
  ]);
});
afterEach(() => folder.remove());

function bind(settings = '') {
  folder.write('p', settings);
  const { kernel, decode } = folder.context();
  const object = new kernel.addon.BpfObject('p.bpf.o');
  return bindToObject(folder.probe('p'), object, 'p.bpf.o', decode, ownConstants(kernel));
}

/** The faults, by code and the line of the probe file. */
function faultsOf(settings: string): string[] {
  try {
    bind(settings);
  } catch (error) {
    if (error instanceof Faults) return error.faults.map(({ code, location }) => `${code} ${location?.line}`);
    throw error;
  }
  return [];
}

describe('a probe file that agrees with its object', () => {
  test('has a binding for each metric, with the overflow companion of its map', () => {
    const { bindings } = bind();
    expect(bindings.map(({ map, other }) => [map, other?.map])).toEqual([['events', 'events_other']]);
  });

  test('becomes a load request', () => {
    const { request } = bind('maps: { events: { max_entries: 32 } }\nprograms: { optional: [count] }\n');
    expect(request).toMatchObject({
      probe: 'p',
      object: 'p.bpf.o',
      alternatives: [],
      optional: ['count'],
      attach: {},
      iterators: [],
      maxEntries: { events: 32 },
    });
  });

  test('has its iterators fill the overflow companions too', () => {
    const { request } = bind('programs: { iterators: [{ program: list, fills: [events] }] }\n');
    expect(request.iterators).toEqual([{ program: 'list', fills: ['events', 'events_other'] }]);
  });
});

describe('constants', () => {
  const constants = (settings = '') =>
    Object.fromEntries(bind(settings).request.constants.map(({ offset, bytes }) => [offset, [...bytes]]));

  test('that the object declares for the loader have the values of this host', () => {
    expect(constants()).toEqual({
      [constantOffsets.exporter_pid]: [0x92, 0x10, 0, 0],
      [constantOffsets.has_task_storage]: [1],
      [constantOffsets.exporter_pid_namespace]: [0xfc, 0xff, 0xff, 0xef],
      [constantOffsets.page_bytes]: [0, 0x40, 0, 0],
    });
  });

  test('say that a kernel has no task storage', () => {
    folder.fake.hasTaskStorage = false;
    expect(constants()[constantOffsets.has_task_storage]).toEqual([0]);
  });

  test('of the probe file win over the own ones', () => {
    const set = constants('constants: { wanted: 7, page_bytes: 512 }\n');
    expect(set[constantOffsets.wanted]).toEqual([7, 0, 0, 0]);
    expect(set[constantOffsets.page_bytes]).toEqual([0, 2, 0, 0]);
  });
});

describe('names that the object does not have', () => {
  test.each([
    ['constants: { wnated: 1 }\n', ['CONSTANT_UNKNOWN 5']],
    ['maps: { evnets: { max_entries: 32 } }\n', ['MAP_UNKNOWN 5']],
    ['programs: { alternatives: [[count, other]] }\n', ['PROGRAM_UNKNOWN 5']],
    ['programs: { optional: [other] }\n', ['PROGRAM_UNKNOWN 5']],
    ['programs: { nested: { count: other } }\n', ['PROGRAM_UNKNOWN 5']],
    ['programs: { perf_events: [{ program: other, event: cpu-clock, frequency: 9 }] }\n', ['PROGRAM_UNKNOWN 5']],
    ['programs: { iterators: [{ program: other, fills: [evnets] }] }\n', ['PROGRAM_UNKNOWN 5', 'MAP_UNKNOWN 5']],
  ])('%s', (settings, faults) => {
    expect(faultsOf(settings)).toEqual(faults);
  });

  test('are reported all at once', () => {
    expect(faultsOf('constants: { wnated: 1 }\nmaps: { evnets: {} }\nprograms: { optional: [other] }\n')).toEqual([
      'CONSTANT_UNKNOWN 5',
      'PROGRAM_UNKNOWN 7',
      'MAP_UNKNOWN 6',
    ]);
  });
});

test.each([
  ['maps: { events: { key: "struct { u32 a; u16 b; u8 c; u8 d; u16 e; u16 f; }" } }\n', ['MAP_TYPE_SIZE 5']],
  ['maps: { events: { key: "struct { nobody a; }" } }\n', ['MAP_TYPE_INVALID 5']],
  ['maps: { events: { value: "struct { u8 a; }" } }\n', ['MAP_TYPE_SIZE 5']],
])('types of maps fit the map: %s', (settings, faults) => {
  expect(faultsOf(settings)).toEqual(faults);
});

describe('an iterator', () => {
  test('must be a program that the kernel runs as one', () => {
    expect(faultsOf('programs: { iterators: [{ program: count, fills: [events] }] }\n')).toEqual([
      'PROGRAM_NOT_ITERATOR 5',
    ]);
  });

  test('must visit a map that exists, if its section is that of such iterators', () => {
    expect(faultsOf('programs: { iterators: [{ program: list, over: events }] }\n')).toEqual([
      'ITERATOR_MAP_UNSUITABLE 5',
    ]);
    folder.fake.programs.set('p', [
      { name: 'count', section: 'tp_btf/sys_enter' },
      { name: 'visit', section: 'iter/bpf_map_elem' },
    ]);
    expect(faultsOf('')).toEqual(['ITERATOR_MAP_UNSUITABLE 1']);
    expect(faultsOf('programs: { attach: { visit: { skip: true } } }\n')).toEqual([]);
    expect(faultsOf('programs: { iterators: [{ program: visit }] }\n')).toEqual(['ITERATOR_MAP_UNSUITABLE 5']);
    expect(faultsOf('programs: { iterators: [{ program: visit, over: evnets }] }\n')).toEqual(['MAP_UNKNOWN 5']);
    expect(bind('programs: { iterators: [{ program: visit, over: events }] }\n').request.iterators).toEqual([
      { program: 'visit', over: 'events', fills: [] },
    ]);
  });

  test('must fill maps that can be cleared', () => {
    expect(faultsOf('programs: { iterators: [{ program: list, fills: [ring] }] }\n')).toEqual(['MAP_NOT_EMPTIABLE 5']);
  });
});
