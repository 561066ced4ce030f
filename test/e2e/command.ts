import { spawnSync } from 'node:child_process';
import { mainFile } from '../harness/exporter.js';

export interface Output {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built exporter to its end, as a person would type it. */
export function santabpf(words: readonly string[], uid = 0): Output {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...words], {
    encoding: 'utf8',
    timeout: 30_000,
    ...(uid === 0 ? {} : { uid, gid: uid }),
  });
  return { status, stdout, stderr };
}

/** The log lines of what was printed, which must be nothing but log lines. */
export function logOf({ stderr }: Output): { level: string; msg: string; code?: string; at?: string }[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: string; msg: string });
}
