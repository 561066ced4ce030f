/**
 * Which programs a request of redis and of nginx runs, and how long, by the kernel's run statistics. They leave out what the
 * kernel needs to call a program, and count the whole machine: other work adds runs.
 */
import type { ProgramRuns } from '../src/kernel/program_runs.js';
import { defaultProbes } from './configuration.js';
import { nginxService } from './nginx.js';
import { figure, printTable } from './numbers.js';
import { addon, attachProbe, sharedHooks, shippedRequest, statisticsNs } from './probe_requests.js';
import { redisService } from './redis.js';
import { RunningService, type Service } from './service.js';

/** What a handler's own measurement adds to each of its runs: it reads the clock twice. */
const clockNs = 25;
const seconds = 4;
/** Nanoseconds per request below which a program is left out. */
const least = 5;

/** @param probes to attach; the default set when empty */
export async function requestCost(probes: readonly string[], folder: string): Promise<void> {
  const services: readonly (readonly [string, Service])[] = [
    ['redis GET', await redisService(folder)],
    ['nginx, kept alive', await nginxService(folder, true)],
    ['nginx, one request for each connection', await nginxService(folder, false)],
  ];
  const attached = new Map<string, Awaited<ReturnType<typeof attachProbe>>>();
  try {
    for (const probe of probes.length > 0 ? probes : defaultProbes()) {
      attached.set(probe, await attachProbe(shippedRequest(probe, folder)));
    }
    for (const [title, service] of services) await measure(title, service, attached);
  } finally {
    for (const probe of attached.values()) probe.close();
  }
}

async function measure(
  title: string,
  service: Service,
  probes: ReadonlyMap<string, Awaited<ReturnType<typeof attachProbe>>>,
): Promise<void> {
  const shared = [...sharedHooks].flatMap(([name, { programs }]) => programs.map((program) => ({ name, program })));
  const look = () => [
    ...shared.map(({ name, program }) => ({ ...ofProgram(name, program, program), overhead: statisticsNs })),
    ...[...probes].flatMap(([probe, loaded]) =>
      loaded.programs().map((program) => {
        const overhead = loaded.isAttached(program.name) ? statisticsNs : clockNs;
        return { ...ofProgram(probe, program, loaded), overhead };
      }),
    ),
  ];
  const running = await RunningService.start(service);
  const statistics = new addon.RunStatistics();
  for (const { program } of shared) program.measure(true);
  try {
    const before = look();
    const { requests, cpuSeconds } = await running.work(seconds);
    const rows = look()
      .map(({ title, section, runs, nanoseconds, overhead }, index) => {
        const more = runs - before[index]!.runs;
        const own = nanoseconds - before[index]!.nanoseconds - more * overhead;
        return { title, section, runs: more / requests, each: own / more, all: own / requests };
      })
      .filter(({ all }) => all >= least)
      .toSorted((a, b) => b.all - a.all);
    const sum = rows.reduce((total, { all }) => total + all, 0);
    printTable(
      [title, 'hook', 'runs', 'ns each', 'ns'],
      [
        ...rows.map((row) => [row.title, row.section, figure(row.runs), figure(row.each), figure(row.all)]),
        ['together, of CPU ns per request', '', '', '', `${figure(sum)} of ${figure(cpuSeconds * 1e9)}`],
      ],
    );
    console.log();
  } finally {
    for (const { program } of shared) program.measure(false);
    statistics.close();
    await running.close();
  }
}

function ofProgram(probe: string, { name, section }: { name: string; section: string }, runs: ProgramRuns) {
  return { title: `${probe}.${name}`, section, ...runs.measuredRuns(name) };
}
