import type { BpfObject } from '../../src/kernel/addon.js';
import { fixtureObject } from './fixture_objects.js';
import { addon, getppid, u32, u64 } from './native_addon.js';

/** Loads test/fixtures/bpf/events.bpf.c: each getppid of this process writes a record. The caller closes it. */
export async function loadRecordWriter(): Promise<BpfObject> {
  const object = new addon.BpfObject(fixtureObject('events'));
  object.setInitialValue('.rodata', 0, u32(process.pid));
  object.setInitialValue('.rodata', 8, u64(getppid));
  await object.load();
  object.attach('write_record');
  return object;
}
