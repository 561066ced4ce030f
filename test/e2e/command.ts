import { spawnSync } from 'node:child_process';
import { mainFile } from '../harness/exporter.js';
import { reachableCopy, repository } from '../harness/reachable_copy.js';

export interface Output {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built exporter to its end. @param uid user id; other users run a copy that they can read */
export function santabpf(words: readonly string[], uid = 0): Output {
  const file = uid === 0 ? mainFile : mainFile.replace(repository, reachableCopy());
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], {
    encoding: 'utf8',
    timeout: 30_000,
    ...(uid === 0 ? {} : { uid, gid: uid }),
  });
  return { status, stdout, stderr };
}

/** Parses stderr as JSON log lines; throws on any other line. */
export function logOf({ stderr }: Output): { level: string; msg: string; code?: string; at?: string }[] {
  return stderr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: string; msg: string });
}
