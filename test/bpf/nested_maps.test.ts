import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { fixtureObject, fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { filledValue, update } from '../harness/map_entries.js';
import { addon, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/nested_maps.bpf.c. */
const teller = process.pid;
const kind = (number: number) => teller * 256 + number;
const building = 7;

describe('maps of maps', needs({ root: true, bpf: true, commands: ['bpftool'] }), () => {
  let truth: GroundTruth;
  /** Not attached: its spare maps are put into the exporter's map of maps. */
  let spare: BpfObject;
  let places: number;

  const put = (floor: number, name: string) => addon.updateInner(places, u32(building, floor), spare.map(name).id);
  const takeOut = (floor: number) => expect(addon.remove(places, u32(building, floor))).toBe(true);

  beforeAll(async () => {
    spare = new addon.BpfObject(fixtureObject('nested_maps'));
    await spare.load();
    truth = await GroundTruth.start(fixtureProbe('nested_maps', { teller }));
    const maps: { id: number; pids?: { pid: number }[] }[] = JSON.parse(
      execFileSync('bpftool', ['map', 'show', 'name', 'counts_by_place', '-j'], { encoding: 'utf8' }).replace(
        /^\{.*\}$/s,
        '[$&]',
      ),
    );
    const own = spare.map('counts_by_place').id;
    places = Math.max(...maps.map(({ id }) => id).filter((id) => id !== own));
  });
  afterAll(async () => {
    spare?.close();
    await truth?.stop();
  });

  test('every entry of the inner maps is a series with the key of the outer map', async () => {
    const measured = await truth.measureAll(
      ['values', 1, kind(1), 4, 14, 5],
      ['values', 1, kind(3), 4, 6],
      ['values', 1, kind(2), 4],
    );
    expect(measured.growths('values_total')).toEqual({
      'kind="first",digit="4"': 2,
      'kind="first",digit="5"': 1,
      'kind="second",digit="4"': 1,
      'kind="second",digit="6"': 1,
    });
    expect(measured.growths('values_sum_total')).toEqual({ 'kind="1"': 23, 'kind="3"': 10 });
  });

  test('maps may come, go and be replaced between two scrapes, and counts stay exact', async () => {
    put(5, 'spare_one');
    const first = await truth.measure('values', 1, kind(5), 1, 1, 2);
    expect(first.growths('places_total')).toEqual({
      'building="7",floor="5",index="1"': 2,
      'building="7",floor="5",index="2"': 1,
    });
    // Another map at the same key begins with zeros: what the first one counted stays.
    put(5, 'spare_two');
    const second = await truth.measure('values', 1, kind(5), 1);
    expect(second.growths('places_total')).toEqual({ 'building="7",floor="5",index="1"': 1 });
    takeOut(5);
    const third = await truth.measure('values', 1, kind(5), 1);
    expect(third.growths('places_total')).toEqual({});
    // Whoever puts a map back has cleared it, as with two maps of which programs write one while the other is read.
    const two = spare.map('spare_two');
    update(two, u32(1), filledValue(two, 0).fill(0));
    put(5, 'spare_two');
    const fourth = await truth.measure('values', 1, kind(5), 1);
    expect(fourth.growths('places_total')).toEqual({ 'building="7",floor="5",index="1"': 1 });
    takeOut(5);
  });

  test('inner maps that are per CPU have CPUs', async () => {
    put(6, 'spare_one');
    const measured = await truth.measure('values', 1, kind(6), 3, 3, 3);
    const growths = Object.entries(measured.growths('places_on_cpus_total')).filter(([labels]) =>
      /floor="6"/.test(labels),
    );
    expect(growths.every(([labels]) => /cpu="\d+"/.test(labels))).toBe(true);
    expect(growths.reduce((sum, [, growth]) => sum + growth, 0)).toBe(3);
    takeOut(6);
  });
});
