import { afterEach, expect, test } from 'vitest';
import { readObject } from '../../../src/commands/inspect/object_parts.js';
import { probeFile, proposeMaps } from '../../../src/commands/inspect/proposal.js';
import { hookFaults } from '../../../src/probes/hook_checks.js';
import { ProbeFolder } from '../../probes/probe_folder.js';

const folder = new ProbeFolder();
afterEach(() => folder.remove());

test('programs that cannot be attached are left out of the proposal, which says why', () => {
  folder.write('p');
  folder.fake.programs.set('p', [
    { name: 'count', section: 'tp_btf/sys_enter' },
    { name: 'steer', section: 'sk_lookup' },
    { name: 'guess', section: 'nonsense' },
    { name: 'visit', section: 'iter/bpf_map_elem' },
    { name: 'sample', section: 'perf_event' },
    { name: 'trace', section: 'tp/sched' },
  ]);
  const { kernel } = folder.context();
  const parts = readObject(kernel, folder.probe('p').objectCandidates[0]!);
  const file = probeFile(parts, proposeMaps(parts));
  const lines = file.slice(file.indexOf('programs:'), file.indexOf('\nmetrics:')).split('\n');
  expect(lines.slice(0, 7)).toEqual([
    'programs:',
    '  attach:',
    '    steer: { skip: true } # sk_lookup: it decides what happens to packets, sockets or devices instead of watching them',
    '    guess: { skip: true } # nonsense: its section does not say what kind of program it is',
    '    visit: { skip: true } # iter/bpf_map_elem: nothing says which map it visits: list it under `iterators` with `over: MAP`',
    '    sample: { skip: true } # perf_event does not say which event it samples. Write it, as in { event: cpu-clock, frequency: 99 }',
    '    trace: { skip: true } # tp/sched does not say the category and the name of its tracepoint, as in tp/sched/sched_switch',
  ]);
  folder.write('p', `${lines.slice(0, 7).join('\n')}\n`);
  const programs = new kernel.addon.BpfObject('p.bpf.o').programs();
  expect(hookFaults(folder.probe('p'), { programs, maps: new Map() })).toEqual([]);
});
