/** Runs bpftrace's runtime cases from a folder of its repository: see run.mjs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisKernel } from '../../../src/script/resolve/running_kernel.js';
import { readCases } from './case_reader.js';
import { runCase } from './case_run.js';
import { type JudgedCase, outcomeTable, passedPart } from './outcome_table.js';

export interface Options {
  /** The folder `tests` of bpftrace's repository. */
  readonly tests: string;
  readonly files: readonly string[];
  /** Only cases whose name has this. */
  readonly named: string | undefined;
  /** Prints what failing scripts printed. */
  readonly isVerbose: boolean;
}

/** @returns whether at least 90 % of the applicable cases passed */
export async function runCases({ tests, files, named, isVerbose }: Options): Promise<boolean> {
  // The name of the process that cases expect.
  process.title = 'bpftrace';
  const kernel = thisKernel();
  const workFolder = mkdtempSync(join(tmpdir(), 'runtime-cases-'));
  try {
    buildPrograms(join(tests, 'testprogs'), join(workFolder, 'testprogs'));
    const judged: JudgedCase[] = [];
    for (const suite of files.length > 0 ? files : suitesIn(join(tests, 'runtime'))) {
      for (const each of readCases(suite, readFileSync(join(tests, 'runtime', suite), 'utf8'))) {
        if (named !== undefined && !each.name.includes(named)) continue;
        const verdict = await runCase(each, { kernel, tests, workFolder });
        judged.push({ suite, name: each.name, verdict });
        if (verdict.outcome === 'failed') console.log(`${suite}: ${each.name}: ${verdict.reason}`);
        if (isVerbose && verdict.outcome === 'not applicable')
          console.log(`${suite}: ${each.name}: (${verdict.reason})`);
        if (isVerbose && verdict.output !== undefined) console.log(verdict.output.replace(/^/gm, '    | '));
      }
    }
    console.log(`\n${outcomeTable(judged)}\n`);
    const part = passedPart(judged);
    console.log(`${(part * 100).toFixed(1)} % of the applicable cases passed.`);
    return part >= 0.9;
  } finally {
    rmSync(workFolder, { recursive: true });
  }
}

function suitesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

/** Programs that cannot be built here are missing: their cases fail. */
function buildPrograms(from: string, to: string): void {
  mkdirSync(to);
  for (const file of readdirSync(from)) {
    if (!file.endsWith('.c')) continue;
    const built = join(to, file.slice(0, -2));
    const { status } = spawnSync('gcc', ['-g', '-O0', '-w', '-pthread', '-o', built, join(from, file)]);
    if (status !== 0) console.log(`${file} cannot be built`);
  }
}
