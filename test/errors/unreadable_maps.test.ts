import { expect, test } from 'vitest';
import { fault } from '../../src/errors/fault.js';

test.each([
  ['queue', 'reading an entry of it takes the entry away from the program', 'a hash map or a global variable'],
  ['stack', 'reading an entry of it takes the entry away from the program', 'a hash map or a global variable'],
  ['bloom_filter', 'it only knows whether a value may be in it', 'in a hash map'],
  ['hash_of_maps', 'the object does not say which maps it holds', 'whose key also has the key of the outer map'],
  ['array_of_maps', 'the object does not say which maps it holds', 'whose key also has the key of the outer map'],
  ['task_storage', 'only programs can visit them', 'in an iterator over these objects'],
  ['cgrp_storage', 'only programs can visit them', 'in an iterator over these objects'],
  ['percpu_cgroup_storage', 'for old programs only', 'whose key has the id of the cgroup'],
  ['inode_storage', 'its values belong to inodes, which no iterator visits', 'the number of the inode'],
  ['prog_array', 'it holds programs that other programs call', 'in a map of another type'],
  ['ringbuf', 'it holds events on their way to user space', 'events: { NAME: { buffer: m, type: struct event } }'],
  ['sockhash', 'its entries are not numbers', 'in a hash, percpu_hash, lru_hash, array or percpu_array map'],
])('a %s map cannot be a metric, and the text says what can', (type, because, remedy) => {
  const error = fault('MAP_NOT_READABLE', { map: 'm', type });
  expect(error.message).toContain(`Map "m" of type ${type} cannot be read as a metric: `);
  expect(error.message).toContain(because);
  expect(error.remedy).toContain(remedy);
});
