import { beforeEach, expect, test } from 'vitest';
import { CgroupTable } from '../../src/cgroups/cgroup_table.js';
import { v1Mark } from '../../src/cgroups/hierarchies.js';

const limits = { live: { ofOwner: 8, all: 20 }, gone: { ofOwner: 4, all: 10 } };
let table: CgroupTable;
const known = (...ids: (number | bigint)[]) => ids.filter((id) => table.get(id) !== undefined);

beforeEach(() => {
  table = new CgroupTable(limits);
});

test('a removed cgroup keeps its name', () => {
  table.put(1, '/a');
  table.remove(1);
  expect(table.get(1)?.path).toBe('/a');
});

test('a renamed cgroup has its new name', () => {
  table.put(1, '/a/b');
  expect(table.get(1)?.place.unit).toBe('');
  table.put(1, '/a.service');
  expect(table.get(1)).toMatchObject({ path: '/a.service', place: { unit: 'a.service' } });
  expect(table.size).toBe(1);
});

test('who makes and removes many cgroups pushes out its own', () => {
  table.put(1, '/system.slice/quick.service');
  table.remove(1);
  for (let id = 100; id < 1100; id++) {
    table.put(id, `/user.slice/user-1.slice/user@1.service/${id}/x`);
    table.remove(id);
  }
  expect(known(1)).toEqual([1]);
  expect(known(1095, 1096, 1099)).toEqual([1096, 1099]);
});

test('who keeps many cgroups pushes out its own', () => {
  table.put(1, '/system.slice/old.service');
  for (let id = 100; id < 1100; id++) table.put(id, `/docker/x/y/${id}`);
  expect(known(1, 1091, 1092, 1099)).toEqual([1, 1092, 1099]);
});

test('of many owners the largest loses', () => {
  for (let id = 0; id < 7; id++) table.put(id, `/large/${id}`);
  for (let id = 100; id < 114; id++) table.put(id, `/owner${id}/x`);
  expect(table.size).toBe(20);
  expect(known(0, 1, 100, 113)).toEqual([1, 100, 113]);
});

test('a walk removes what it has not seen, in its own hierarchy only', () => {
  table.put(1, '/a');
  table.put(2, '/b');
  table.put(3n | v1Mark, '/c');
  table.beginWalk();
  table.put(1, '/a');
  table.endWalk(0n);
  for (let id = 10; id < 15; id++) {
    table.put(id, `/${id}`);
    table.remove(id);
  }
  // Only removed cgroups make way for removed ones.
  expect(known(1, 2, 3n | v1Mark)).toEqual([1, 3n | v1Mark]);
});
